using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Mcp;

/// <summary>What each tool does, and how it refuses.</summary>
public sealed class ToolTests(ChainSide side) : IClassFixture<ChainSide>
{
    private readonly McpCalls _mcp = new(side.Server);

    [Fact]
    public async Task Authenticate_gives_the_bare_token_first_and_then_the_whole()
    {
        var agent = await side.AgentAsync();
        var answer = await _mcp.CallAsync("authenticate", new { api_key = agent.Key, scopes = new[] { "api.read", "agents.read" } });
        var result = answer.Result;

        Assert.Equal(2, answer.Blocks.Length);
        Assert.Equal(answer.Blocks[0], result.GetProperty("access_token").GetString());
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(answer.Blocks[1]), result));
        Assert.Equal(("Bearer", 900), (result.GetProperty("token_type").GetString(), result.GetProperty("expires_in").GetInt32()));
        Assert.Equal(TimeSpan.FromMinutes(1), result.GetProperty("expires_at").GetDateTimeOffset() - result.GetProperty("refresh_before").GetDateTimeOffset());
        Assert.Equal(["api.read", "agents.read"], result.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        var claims = ChainSide.Claims(answer.Blocks[0]);
        Assert.Equal([side.Server.Issuer, side.Server.Issuer + "/mcp"], claims.GetProperty("aud").EnumerateArray().Select(audience => audience.GetString()));
    }

    [Fact]
    public async Task An_agent_lists_itself_with_the_token_that_authenticate_gave()
    {
        var agent = await side.AgentAsync();
        var token = (await _mcp.CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0];
        var list = await _mcp.ResultAsync("list_agents", new { access_token = token });

        Assert.Equal(agent.Id, Assert.Single(list.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal((1, 50, 0), (list.GetProperty("meta").GetProperty("total").GetInt32(), list.GetProperty("meta").GetProperty("limit").GetInt32(), list.GetProperty("meta").GetProperty("offset").GetInt32()));
    }
}
