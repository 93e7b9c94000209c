using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Tests.Jose;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Mcp;

/// <summary>Tokens that are for something else, or come by another way, and what would lead a client to another server.</summary>
[Trait("negative", "62")]
public sealed class ForeignTokenTests(ChainSide side) : IClassFixture<ChainSide>
{
    private readonly McpCalls _mcp = new(side.Server);

    private string Issuer => side.Server.Issuer;

    [Fact]
    public async Task An_API_key_or_token_in_the_query_is_nobodys()
    {
        var agent = await side.AgentAsync();
        var token = (await _mcp.CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0];
        foreach (var query in new[] { "?access_token=" + token, "?access_token=" + agent.Key, "?api_key=" + agent.Key })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await (_mcp with { Path = "/mcp" + query }).CallAsync("list_agents")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await (_mcp with { Path = "/mcp/oauth" + query }).CallAsync("discover")).Status);
        }
    }

    [Fact]
    public async Task Two_credentials_are_none()
    {
        var (agent, other) = (await side.AgentAsync(), await side.AgentAsync());
        var calls = _mcp with { Bearer = agent.Key, Headers = [("authorization", "Bearer " + other.Key)] };

        Assert.Equal(HttpStatusCode.Unauthorized, (await calls.CallAsync("list_agents")).Status);
    }

    [Theory]
    [InlineData("Host", "evil.example")]
    [InlineData("X-Forwarded-Host", "evil.example")]
    [InlineData("Forwarded", "host=evil.example;proto=https")]
    [InlineData("X-Original-Host", "evil.example")]
    public async Task No_header_leads_a_client_to_another_authorization_server(string header, string value)
    {
        var asked = await (_mcp with { Headers = [(header, value)] }).CallAsync("list_agents");
        using var http = side.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-protected-resource/mcp");
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await http.SendAsync(request);

        Assert.DoesNotContain("evil", asked.Challenge + asked.Text + await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains($"resource_metadata=\"{Issuer}/", asked.Challenge, StringComparison.Ordinal);
        Assert.Equal(Issuer, Assert.Single((await TestServer.JsonAsync(response)).GetProperty("authorization_servers").EnumerateArray()).GetString());
    }

    [Theory]
    [InlineData("/mcp/oauth/x")]
    [InlineData("/mcp-v2")]
    [InlineData("/evil.example")]
    [InlineData("/api/v1")]
    public async Task There_is_no_metadata_of_a_resource_that_there_is_not(string path)
    {
        using var http = side.Server.CreateClient();
        using var response = await http.GetAsync("/.well-known/oauth-protected-resource" + path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    [Trait("negative", "41")]
    public async Task An_audience_is_this_server_as_a_whole_or_it_is_another()
    {
        var agent = await side.AgentAsync();
        var good = (await _mcp.CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0];
        foreach (var audience in new[] { "/mcp/", "/mcp2", "/mcp/other", "/mcp/oauth/x", "/MCP", "/", "" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await (_mcp with { Bearer = Forged(good, claims => claims["aud"] = Issuer + audience) }).CallAsync("list_agents")).Status);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await (_mcp with { Bearer = Forged(good, claims => claims.Remove("aud")) }).CallAsync("list_agents")).Status);
        Assert.Equal(HttpStatusCode.OK, (await (_mcp with { Bearer = Forged(good, claims => claims["aud"] = Issuer + "/mcp") }).CallAsync("list_agents")).Status);
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("logout+jwt")]
    [InlineData("dpop+jwt")]
    [InlineData("oauth-authz-req+jwt")]
    [InlineData("oauth-id-jag+jwt")]
    [InlineData("client-authentication+jwt")]
    [Trait("negative", "40")]
    public async Task A_token_of_another_kind_calls_no_tool(string type)
    {
        var agent = await side.AgentAsync();
        var bearer = Forged((await _mcp.CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0], null, type);

        Assert.Equal(HttpStatusCode.Unauthorized, (await (_mcp with { Bearer = bearer }).CallAsync("list_agents")).Status);
        (await _mcp.CallAsync("list_agents", new { access_token = bearer })).Fails(401, "unauthenticated");
        Assert.Equal("{\"active\":false}", (await _mcp.ResultAsync("introspect_token", new { token = bearer })).GetRawText());
        using var rest = side.As(bearer);
        (await rest.GetAsync("/agents")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    [Trait("negative", "40")]
    public async Task What_says_who_an_agent_is_calls_no_tool()
    {
        var agent = await side.AgentAsync();
        using var rest = agent.Rest();
        var document = (await rest.GetAsync($"/agents/{agent.Id}/credential")).Is(HttpStatusCode.OK).Json.GetProperty("credential").GetString()!;

        Assert.Equal(HttpStatusCode.Unauthorized, (await (_mcp with { Bearer = document }).CallAsync("list_agents")).Status);
        (await _mcp.CallAsync("list_agents", new { access_token = document })).Fails(401, "unauthenticated");
    }

    /// <summary>A token under this server's own key that says something else.</summary>
    private string Forged(string token, Action<JsonObject>? change, string? type = null)
    {
        var claims = JsonNode.Parse(CanonicalBase64Url.Decode(token.Split('.')[1])!)!.AsObject();
        change?.Invoke(claims);
        var key = side.Server.Services.GetRequiredService<SigningKeys>().Current(JwsAlgorithm.ES256);
        return TestTokens.Sign(key, $$"""{"alg":"ES256","typ":"{{type ?? "at+jwt"}}","kid":"{{key.KeyId}}"}""", claims.ToJsonString());
    }
}
