using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Specs;

/// <summary>The Model Context Protocol's authorization (2026-07-28), and what its clients do in practice.</summary>
public sealed class McpAuthorizationTests(McpSide side) : IClassFixture<McpSide>
{
    [Fact]
    public async Task Without_scope_a_client_asks_for_all_that_the_resource_has()
    {
        using var browser = new TestBrowser(side.Server);

        var tokens = await side.TokensAsync(browser, await RegisterAsync("No scope"), McpSide.Callback, ("scope", null));

        Assert.Equal("tools.call tools.list", tokens.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Without_resource_the_only_open_one_is_meant()
    {
        using var browser = new TestBrowser(side.Server);

        var tokens = await side.TokensAsync(browser, await RegisterAsync("No resource"), McpSide.Callback, ("resource", null));

        Assert.Equal(McpSide.Mcp, Audience(tokens));
    }

    [Fact]
    public async Task Where_several_are_open_no_resource_is_this_server_whose_scopes_are_only_about_the_person()
    {
        await using var server = await side.StartAsync(
            ("AuthServer:Resources:3:Url", "https://second.example"), ("AuthServer:Resources:3:Scopes:0", "second.read"), ("AuthServer:Resources:3:SelfRegisteredClients", "true"));
        var id = await RegisterAsync("Several", server);
        using var browser = new TestBrowser(server);

        var refused = await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", "second.read"));
        Assert.Equal("invalid_scope", refused["error"]);
        Assert.Equal(server.Issuer, refused["iss"]);
        var answer = await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", null));
        var tokens = await RedeemAsync(server, id, answer["code"]);
        Assert.Equal((server.Issuer, "openid"), (Audience(tokens), tokens.GetProperty("scope").GetString()));
    }

    [Theory]
    [InlineData("https://pathless.example", "https://pathless.example")]
    [InlineData("https://pathless.example/", "https://pathless.example")]
    [InlineData("https://pathless.example", "https://pathless.example/")]
    [InlineData("https://pathless.example/", "https://pathless.example/")]
    public async Task The_slash_of_a_resource_without_a_path_does_not_matter_at_either_endpoint(string atAuthorize, string atToken)
    {
        await using var server = await side.StartAsync(
            ("AuthServer:Resources:3:Url", "https://pathless.example/"), ("AuthServer:Resources:3:Scopes:0", "second.read"), ("AuthServer:Resources:3:SelfRegisteredClients", "true"));
        var id = await RegisterAsync("Slash", server);
        using var browser = new TestBrowser(server);

        var answer = await Flows.AuthorizeAsync(browser, id, McpSide.Callback, ("scope", "second.read"), ("resource", atAuthorize));

        Assert.Equal("https://pathless.example", Audience(await RedeemAsync(server, id, answer["code"], atToken)));
    }

    [Theory]
    [InlineData("https://mcp.example/tools/")]
    [InlineData("https://mcp.example")]
    [InlineData("https://mcp.example/Tools")]
    [InlineData("https://mcp.example/tools?x=1")]
    [InlineData("https://mcp.example/tools#x")]
    public async Task Another_path_is_another_resource(string resource)
    {
        using var browser = new TestBrowser(side.Server);

        var answer = await Flows.AuthorizeAsync(browser, await RegisterAsync("Other path"), McpSide.Callback, ("scope", "tools.call"), ("resource", resource));

        Assert.Equal((side.Server.Issuer, "invalid_target"), (answer["iss"], answer["error"]));
    }

    [Fact]
    public async Task A_scope_that_was_missing_is_asked_for_by_a_new_request_and_a_refresh_does_not_widen()
    {
        var id = await RegisterAsync("Step up");
        using var browser = new TestBrowser(side.Server);
        var narrow = await side.TokensAsync(browser, id, McpSide.Callback, ("scope", "tools.list offline_access"));
        using var widened = await Flows.TokenAsync(
            side.Server, id, null, ("grant_type", "refresh_token"), ("refresh_token", narrow.GetProperty("refresh_token").GetString()), ("scope", "tools.list tools.call"));
        await Flows.AssertErrorAsync(widened, 400, "invalid_scope");

        var wide = await side.TokensAsync(browser, id, McpSide.Callback, ("scope", "tools.list tools.call offline_access"));

        Assert.Equal("tools.list tools.call offline_access", wide.GetProperty("scope").GetString());
    }

    [Fact]
    public async Task Two_windows_that_refresh_with_one_token_get_the_same_successor()
    {
        var id = await RegisterAsync("Two windows");
        using var browser = new TestBrowser(side.Server);
        var tokens = await side.TokensAsync(browser, id, McpSide.Callback);

        using var one = await side.RefreshAsync(id, tokens);
        using var two = await side.RefreshAsync(id, tokens);

        Assert.Equal(
            (await TestServer.JsonAsync(one)).GetProperty("refresh_token").GetString(), (await TestServer.JsonAsync(two)).GetProperty("refresh_token").GetString());
    }

    [Theory]
    [InlineData("code_challenge", null)]
    [InlineData("code_challenge_method", "plain")]
    public async Task PKCE_is_required(string parameter, string? value)
    {
        using var browser = new TestBrowser(side.Server);

        var answer = await Flows.AuthorizeAsync(browser, await RegisterAsync("No PKCE"), McpSide.Callback, ("scope", "tools.call"), ("resource", McpSide.Mcp), (parameter, value));

        Assert.Equal("invalid_request", answer["error"]);
    }

    private async Task<string> RegisterAsync(string name, TestServer? server = null)
    {
        var (status, client, _) = await side.RegisterAsync(
            new JsonObject
            {
                ["client_name"] = name,
                ["redirect_uris"] = new JsonArray(McpSide.Callback),
                ["grant_types"] = new JsonArray("authorization_code", "refresh_token"),
                ["token_endpoint_auth_method"] = "none",
            },
            server: server);
        Assert.Equal(201, status);
        return client.GetProperty("client_id").GetString()!;
    }

    private static async Task<JsonElement> RedeemAsync(TestServer server, string clientId, string code, string? resource = null)
    {
        using var response = await Flows.TokenAsync(
            server, clientId, null, ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", McpSide.Callback), ("code_verifier", Flows.Verifier), ("resource", resource));
        Assert.True(response.StatusCode == HttpStatusCode.OK, await response.Content.ReadAsStringAsync());
        return await TestServer.JsonAsync(response);
    }

    private static string Audience(JsonElement tokens) => Flows.Claims(tokens.GetProperty("access_token").GetString()!).GetProperty("aud").GetString()!;
}
