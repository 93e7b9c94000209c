using System.Net;
using System.Net.Http.Headers;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Vault;

/// <summary>The tests' own provider is as strict as the others rely on.</summary>
public sealed class FakeProviderTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly TestClock _clock = new();
    private FakeProvider _provider = null!;

    public async Task InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync();
        _provider.Clock = _clock;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_code_gives_tokens_once_and_only_to_its_client()
    {
        var sent = await _http.GetAsync(new Uri(_provider.AuthorizeUrl + "?client_id=fake-client&redirect_uri=https%3A%2F%2Fa.example%2Fback&state=s1&scope=read+write"));
        var back = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(sent.Headers.Location!.Query);
        Assert.Equal("s1", back["state"]);
        Dictionary<string, string> form = new() { ["grant_type"] = "authorization_code", ["code"] = back["code"]!, ["redirect_uri"] = "https://a.example/back" };

        Assert.Equal(HttpStatusCode.Unauthorized, (await _http.PostAsync(_provider.TokenUrl, new FormUrlEncodedContent(form))).StatusCode);
        var tokens = await TestServer.JsonAsync(await TokenAsync(form));
        Assert.Equal("read write", AgentSide.Text(tokens, "scope"));
        Assert.Equal(HttpStatusCode.BadRequest, (await TokenAsync(form)).StatusCode);

        using var identity = new HttpRequestMessage(HttpMethod.Get, _provider.IdentityUrl);
        identity.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AgentSide.Text(tokens, "access_token"));
        Assert.Equal("p-1", AgentSide.Text(await TestServer.JsonAsync(await _http.SendAsync(identity)), "sub"));
    }

    [Fact]
    public async Task A_spent_refresh_token_is_good_within_its_grace_and_ends_the_grant_afterwards()
    {
        _provider.Rules = new FakeProviderRules { Grace = TimeSpan.FromMinutes(10) };
        var given = _provider.Grants.Give();

        var first = await TestServer.JsonAsync(await RefreshAsync(given.RefreshToken!));
        Assert.Equal(HttpStatusCode.OK, (await RefreshAsync(given.RefreshToken!)).StatusCode);
        Assert.Equal(2, _provider.Grants.Redemptions[given.RefreshToken!]);

        _clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(given.RefreshToken!)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(AgentSide.Text(first, "refresh_token"))).StatusCode);
    }

    [Fact]
    public async Task A_lost_answer_was_a_redemption()
    {
        var given = _provider.Grants.Give();
        _provider.OnToken(FakeFaults.Unreached, FakeFaults.Lost);

        await Assert.ThrowsAsync<HttpRequestException>(() => RefreshAsync(given.RefreshToken!));
        Assert.Empty(_provider.Grants.Redemptions);
        await Assert.ThrowsAsync<HttpRequestException>(() => RefreshAsync(given.RefreshToken!));
        Assert.Equal(1, _provider.Grants.Redemptions[given.RefreshToken!]);
        Assert.Equal(HttpStatusCode.BadRequest, (await RefreshAsync(given.RefreshToken!)).StatusCode);
    }

    private Task<HttpResponseMessage> RefreshAsync(string token) => TokenAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = token });

    private Task<HttpResponseMessage> TokenAsync(Dictionary<string, string> form) =>
        _http.PostAsync(_provider.TokenUrl, new FormUrlEncodedContent(new Dictionary<string, string>(form) { ["client_id"] = FakeProvider.ClientId, ["client_secret"] = FakeProvider.ClientSecret }));
}
