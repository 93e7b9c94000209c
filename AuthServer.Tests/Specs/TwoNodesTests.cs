using System.Net;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>Two servers on one PostgreSQL behind one issuer: whichever is asked, the answer is the same.</summary>
[Trait("negative", "59")]
public sealed class TwoNodesTests : IAsyncLifetime
{
    private TestServer _one = null!;
    private TestServer _two = null!;

    public async Task InitializeAsync()
    {
        var database = await PostgreSqlCluster.CreateDatabaseAsync();
        (string, string)[] shared =
            [.. Flows.Settings, ("AuthServer:Resources:1:Url", Flows.Other), .. Clients, ("AuthServer:Database:Provider", "PostgreSql"), ("AuthServer:Database:ConnectionString", database)];
        _one = await TestServer.StartAsync(shared);
        _two = await TestServer.StartAsync([.. shared, ("AuthServer:Issuer", _one.Issuer), ("AuthServer:Keys:Directory", Path.Combine(_one.Home, "keys"))]);
    }

    public async Task DisposeAsync()
    {
        await _two.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Fact]
    public async Task A_code_of_one_is_redeemed_at_the_other_once()
    {
        var code = await CodeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Flows.RedeemAsync(i % 2 == 0 ? _one : _two, code)));

        Assert.Single(answers, answer => answer.IsSuccessStatusCode);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task What_ends_at_one_ends_at_the_other()
    {
        using var redeemed = await Flows.RedeemAsync(_two, await CodeAsync());
        var tokens = await OkAsync(redeemed);
        Assert.True(await IsActiveAsync(_one, Text(tokens, "access_token")));
        Assert.True(await IsActiveAsync(_two, Text(tokens, "access_token")));

        using var revoked = await Flows.PostAsync(_one, "/connect/revoke", "web", Flows.Secret, ("token", Text(tokens, "access_token")));
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);

        Assert.False(await IsActiveAsync(_one, Text(tokens, "access_token")));
        await Waiting.UntilAsync(() => IsActiveAsync(_two, Text(tokens, "access_token")), active => !active);
        using var refresh = await Flows.RefreshAsync(_two, Text(tokens, "refresh_token"));
        await Flows.AssertErrorAsync(refresh, 400, "invalid_grant");
    }

    [Fact]
    public async Task A_refresh_token_used_at_one_is_a_replay_at_the_other()
    {
        using var redeemed = await Flows.RedeemAsync(_one, await CodeAsync());
        var tokens = await OkAsync(redeemed);
        using var refreshed = await Flows.RefreshAsync(_one, Text(tokens, "refresh_token"));
        var after = await OkAsync(refreshed);

        using var replayed = await Flows.RefreshAsync(_two, Text(tokens, "refresh_token"));

        await Flows.AssertErrorAsync(replayed, 400, "invalid_grant");
        await Waiting.UntilAsync(() => IsActiveAsync(_one, Text(after, "access_token")), active => !active);
    }

    [Fact]
    public async Task An_assertion_used_at_one_is_refused_at_the_other()
    {
        var assertion = Assertion(_one);
        Assert.Equal(HttpStatusCode.OK, await AssertAsync(_one, assertion));
        Assert.Equal(HttpStatusCode.Unauthorized, await AssertAsync(_two, assertion));
    }

    private async Task<string> CodeAsync()
    {
        using var browser = new TestBrowser(_one);
        return (await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect))["code"];
    }

    private static async Task<bool> IsActiveAsync(TestServer server, string token)
    {
        using var response = await Flows.PostAsync(server, "/connect/introspect", "web", Flows.Secret, ("token", token));
        return (await OkAsync(response)).GetProperty("active").GetBoolean();
    }

    private static async Task<HttpStatusCode> AssertAsync(TestServer server, string assertion)
    {
        using var http = server.CreateClient();
        using var form = Form(("grant_type", "client_credentials"), ("scope", "things.read"), ("client_assertion_type", AssertionType), ("client_assertion", assertion));
        using var response = await http.PostAsync("/connect/token", form);
        return response.StatusCode;
    }
}
