using System.Net;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>RFC 6749 §4.1 with OIDC Core §3.1: the authorization code flow, end to end.</summary>
public sealed class Rfc6749CodeFlowTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async Task InitializeAsync() => _server = await Flows.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_person_signs_in_and_consents_and_the_client_gets_tokens()
    {
        using var browser = new TestBrowser(_server);
        var answer = await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);

        Assert.Equal("s-123", answer["state"]);
        Assert.Equal(_server.Issuer, answer["iss"]);
        using var response = await Flows.RedeemAsync(_server, answer["code"]);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        var tokens = await TestServer.JsonAsync(response);
        Assert.Equal("Bearer", tokens.GetProperty("token_type").GetString());
        Assert.Equal(900, tokens.GetProperty("expires_in").GetInt32());
        var idToken = Flows.Claims(tokens.GetProperty("id_token").GetString()!);
        Assert.Equal("n-456", idToken.GetProperty("nonce").GetString());
        Assert.Equal("web", idToken.GetProperty("aud").GetString());
        var accessToken = Flows.Claims(tokens.GetProperty("access_token").GetString()!);
        Assert.StartsWith("usr_", accessToken.GetProperty("sub").GetString(), StringComparison.Ordinal);
        Assert.Equal(_server.Issuer, accessToken.GetProperty("aud").GetString());
    }

    [Fact]
    public async Task A_second_request_is_answered_without_a_page()
    {
        using var browser = new TestBrowser(_server);
        await Flows.AuthorizeAsync(browser, "web", Flows.WebRedirect);

        await browser.GoAsync(Flows.AuthorizeUrl("web", Flows.WebRedirect));

        Assert.Equal("/connect/authorize", browser.Address.AbsolutePath);
        Assert.Contains("code", Flows.Query(browser.Left!));
    }
}
