using System.Net;
using AuthServer.Tests.Support;
using static AuthServer.Tests.Support.TokenSide;

namespace AuthServer.Tests.Specs;

/// <summary>Which web pages may read answers: public documents everybody's, protocol endpoints those of registered clients, nobody's with cookies.</summary>
[Trait("negative", "63")]
public sealed class CorsTests(TokenSide side) : IClassFixture<TokenSide>
{
    private const string Registered = "https://spa.example";

    public static TheoryData<string> Protected => ["/connect/token", "/connect/revoke", "/connect/userinfo"];

    [Theory]
    [MemberData(nameof(Protected))]
    public async Task A_registered_origin_may_ask_and_read(string endpoint)
    {
        using var preflight = await PreflightAsync(endpoint, Registered, "authorization,content-type,dpop");
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(Registered, Allowed(preflight));
        Assert.Contains("dpop", preflight.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
        Assert.Contains("POST", preflight.Headers.GetValues("Access-Control-Allow-Methods").Single(), StringComparison.Ordinal);
        AssertNoCredentials(preflight);

        using var response = await side.SendAsync(HttpMethod.Post, endpoint, Form(("x", "y")), ("Origin", Registered));
        Assert.Equal(Registered, Allowed(response));
        Assert.Contains("DPoP-Nonce", response.Headers.GetValues("Access-Control-Expose-Headers").Single(), StringComparison.Ordinal);
        AssertNoCredentials(response);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("https://attacker.example")]
    [InlineData("http://spa.example")]
    [InlineData("https://spa.example:8443")]
    [InlineData("https://spa.example.attacker.example")]
    [InlineData("https://sub.spa.example")]
    [InlineData("https://SPA.EXAMPLE")]
    [InlineData("https://spa.example/")]
    [InlineData("https://spa.example https://attacker.example")]
    [InlineData("*")]
    [InlineData("file://")]
    [InlineData("com.example.app:")]
    [InlineData("' OR 1=1 --")]
    public async Task Another_origin_may_not(string origin)
    {
        foreach (var endpoint in new[] { "/connect/token", "/connect/revoke", "/connect/userinfo", "/connect/introspect" })
        {
            using var preflight = await PreflightAsync(endpoint, origin, "authorization");
            Assert.Null(Allowed(preflight));
            using var response = await side.SendAsync(HttpMethod.Post, endpoint, Form(("x", "y")), ("Origin", origin));
            Assert.Null(Allowed(response));
            AssertNoCredentials(response);
        }
    }

    [Theory]
    [InlineData("/connect/introspect")]
    [InlineData("/connect/authorize")]
    [InlineData("/connect/endsession")]
    [InlineData("/sign-in")]
    [InlineData("/consent")]
    public async Task What_is_not_for_scripts_is_closed_to_registered_origins_too(string path)
    {
        using var preflight = await PreflightAsync(path, Registered, "authorization");
        Assert.Null(Allowed(preflight));
        using var response = await side.SendAsync(HttpMethod.Get, path, null, ("Origin", Registered));
        Assert.Null(Allowed(response));
    }

    [Theory]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/jwks")]
    public async Task Public_documents_are_everybodys_and_never_with_credentials(string path)
    {
        foreach (var origin in new[] { Registered, "https://anybody.example", "null" })
        {
            using var response = await side.SendAsync(HttpMethod.Get, path, null, ("Origin", origin));
            Assert.Equal("*", Allowed(response));
            AssertNoCredentials(response);
        }
    }

    [Fact]
    public async Task An_error_can_be_read_too()
    {
        using var response = await side.SendAsync(HttpMethod.Post, "/connect/token", Form(("grant_type", "refresh_token"), ("client_id", "nobody")), ("Origin", Registered));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(Registered, Allowed(response));
    }

    [Fact]
    public async Task The_origin_of_a_client_that_is_no_longer_configured_is_no_longer_let_in()
    {
        await using var server = await Flows.StartAsync();
        using var before = await PreflightAsync(server, "/connect/token", Registered, "authorization");
        Assert.Equal(Registered, Allowed(before));

        await server.RestartAsync([.. Flows.Settings.Where(pair => !pair.Key.StartsWith("AuthServer:Clients:2:", StringComparison.Ordinal)), ("AuthServer:Resources:1:Url", Flows.Other),
            .. Flows.Client(2, "another", ("RedirectUris:0", "https://another.example/callback"))]);

        using var after = await PreflightAsync(server, "/connect/token", Registered, "authorization");
        Assert.Null(Allowed(after));
    }

    private Task<HttpResponseMessage> PreflightAsync(string path, string origin, string headers) => PreflightAsync(side.Server, path, origin, headers);

    private static async Task<HttpResponseMessage> PreflightAsync(TestServer server, string path, string origin, string headers)
    {
        using var http = server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Options, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");
        request.Headers.TryAddWithoutValidation("Access-Control-Request-Headers", headers);
        return await http.SendAsync(request);
    }

    private static string? Allowed(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Access-Control-Allow-Origin", out var values) ? string.Join(',', values) : null;

    private static void AssertNoCredentials(HttpResponseMessage response) => Assert.False(response.Headers.Contains("Access-Control-Allow-Credentials"));
}
