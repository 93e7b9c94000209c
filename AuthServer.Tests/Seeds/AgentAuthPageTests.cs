using System.Net;
using System.Text.Json;
using AuthServer.Protocol;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Seeds;

/// <summary>AgentAuth's page, call by call, by tools alone and in the seed's own era of the protocol: its arguments, its results, its lifetimes.
/// What to paste into which client is <see cref="Pages.ConnectAgentsTests.It_shows_what_to_paste_into_each_host_with_this_installations_address"/>; the stdio mode with its two
/// variables is <see cref="Mcp.StdioTests.Each_line_that_comes_out_is_an_answer_and_the_key_comes_from_the_environment"/>; the interactive documents are in Http.</summary>
public sealed class AgentAuthPageTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task The_typical_usage_flow_works_as_it_is_written()
    {
        var mcp = await InitializedAsync();
        var peer = await side.AgentAsync("api.read", "agents.read", "policies.read");

        // 1. quickstart: register the agent, and get an API key and an access token.
        var started = await mcp.CallAsync("quickstart", new { name = $"my-pipeline {Guid.NewGuid():N}", agent_type = "autonomous", description = "Processes nightly ETL jobs" });
        var (agent, key) = (started.Result.GetProperty("agent"), started.Blocks[0]);
        var id = Identifiers.ToUuid("agt_", Text(agent, "id")).ToString()!;
        Assert.Equal(key, Text(started.Result, "api_key"));
        Assert.Equal(("autonomous", "root", "active", "Processes nightly ETL jobs"), (Text(agent, "agent_type"), Text(agent, "trust_level"), Text(agent, "status"), Text(agent, "description")));
        AssertPair(started.Result);

        // 2. authenticate: the saved key for a fresh access token.
        var auth = await mcp.CallAsync("authenticate", new { api_key = key, scopes = new[] { "api.read", "agents.write" } });
        Assert.Equal(auth.Blocks[0], Text(auth.Result, "access_token"));
        Assert.Equal("api.read agents.write", Text(ChainSide.Claims(auth.Blocks[0]), "scope"));
        AssertPair(auth.Result);
        var pair = await mcp.ResultAsync("authenticate", new { api_key = key });
        var token = Text(pair, "access_token");

        await WorkAsync(mcp, id, Text(agent, "id"), token, peer);

        // 4. refresh_token: a new pair before the access token expires.
        var next = await mcp.ResultAsync("refresh_token", new { refresh_token_value = Text(pair, "refresh_token") });
        AssertPair(next);
        Assert.NotEqual((token, Text(pair, "refresh_token")), (Text(next, "access_token"), Text(next, "refresh_token")));

        // 5. revoke_token: when done.
        await mcp.ResultAsync("revoke_token", new { token = Text(next, "access_token") });
        await mcp.ResultAsync("revoke_token", new { token = Text(next, "access_token") });
        Assert.False((await mcp.ResultAsync("introspect_token", new { token = Text(next, "access_token") })).GetProperty("active").GetBoolean());
    }

    // 3. The work.
    private static async Task WorkAsync(McpCalls mcp, string uuid, string id, string token, KeyedAgent peer)
    {
        var list = await mcp.ResultAsync("list_agents", new { access_token = token, limit = 10, offset = 0 });
        Assert.Equal([id], list.GetProperty("data").EnumerateArray().Select(item => Text(item, "id")));
        var all = (await mcp.ResultAsync("list_agents", new { access_token = token })).GetProperty("meta");
        Assert.Equal((1, 50, 0), (all.GetProperty("total").GetInt32(), all.GetProperty("limit").GetInt32(), all.GetProperty("offset").GetInt32()));
        var self = await mcp.ResultAsync("get_agent", new { agent_id = uuid, access_token = token });
        Assert.Equal((id, "autonomous", "root", "active"), (Text(self, "id"), Text(self, "agent_type"), Text(self, "trust_level"), Text(self, "status")));
        Assert.StartsWith("my-pipeline ", Text(self, "name"), StringComparison.Ordinal);
        Assert.True(self.GetProperty("is_root").GetBoolean() && self.GetProperty("is_active").GetBoolean());

        var made = await mcp.ResultAsync("create_credential", new { agent_id = uuid, access_token = token, scopes = new[] { "api.read" } });
        Assert.StartsWith(Text(made, "prefix"), Text(made, "raw_key"), StringComparison.Ordinal);
        var rotated = await mcp.ResultAsync("rotate_credential", new { credential_id = Identifiers.ToUuid("key_", Text(made, "id")).ToString(), access_token = token });
        Assert.Equal((Text(made, "id"), id), (Text(rotated, "old_credential_id"), Text(rotated, "agent_id")));
        Assert.StartsWith(Text(rotated, "prefix"), Text(rotated, "raw_key"), StringComparison.Ordinal);
        Assert.Equal("api.read", Assert.Single(rotated.GetProperty("scopes").EnumerateArray()).GetString());
        var ended = await mcp.ResultAsync("revoke_credential", new { credential_id = Identifiers.ToUuid("key_", Text(rotated, "id")).ToString(), access_token = token });
        Assert.False(ended.GetProperty("is_valid").GetBoolean());

        var delegation = await mcp.ResultAsync("create_delegation", new
        {
            delegate_agent_id = Identifiers.ToUuid("agt_", peer.Id).ToString(),
            scopes = new[] { "api.read", "agents.read" },
            access_token = token,
            max_chain_depth = 1,
            expires_in_hours = 24,
        });
        Assert.Equal((id, peer.Id, 1), (Text(delegation, "delegator_agent_id"), Text(delegation, "delegate_agent_id"), delegation.GetProperty("chain_depth_remaining").GetInt32()));
        Assert.Equal(TimeSpan.FromHours(24), delegation.GetProperty("expires_at").GetDateTimeOffset() - delegation.GetProperty("created_at").GetDateTimeOffset());
        var usual = await mcp.ResultAsync("create_delegation", new { delegate_agent_id = peer.Id, scopes = new[] { "api.read" }, access_token = token });
        Assert.Equal(3, usual.GetProperty("chain_depth_remaining").GetInt32());

        var asked = await mcp.ResultAsync("check_permission", new { agent_id = uuid, action = "write", resource = "/api/v1/credentials", access_token = token });
        Assert.Equal((true, "allow"), (asked.GetProperty("allowed").GetBoolean(), Text(asked, "effect")));
        Assert.True(asked.TryGetProperty("matching_policy_id", out _) && asked.TryGetProperty("matching_policy_name", out _));
        Assert.NotEmpty(Text(asked, "reason"));

        var claims = await mcp.ResultAsync("introspect_token", new { token });
        Assert.Equal((true, id, "autonomous", "root"), (claims.GetProperty("active").GetBoolean(), Text(claims, "sub"), Text(claims, "agent_type"), Text(claims, "trust_level")));
        Assert.Contains("credentials.write", claims.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Equal(900, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
    }

    [Theory]
    [InlineData("orchestrator")]
    [InlineData("autonomous")]
    [InlineData("assistant")]
    [InlineData("tool")]
    public async Task Each_type_of_agent_can_be_registered(string type)
    {
        var made = await new McpCalls(side.Server).ResultAsync("quickstart", new { name = $"{type} {Guid.NewGuid():N}", agent_type = type });

        Assert.Equal(type, Text(made.GetProperty("agent"), "agent_type"));
        Assert.Equal(type, Text(ChainSide.Claims(Text(made, "access_token")), "agent_type"));
    }

    [Fact]
    public async Task Tokens_live_as_long_as_the_page_says_and_a_key_as_long_as_nobody_ends_it()
    {
        await using var server = await Flows.StartAsync();
        var organization = await OrganizationSide.CreateAsync(server);
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(("allowedScopes", new System.Text.Json.Nodes.JsonArray("api.read"))));
        var made = await organization.AskAsync(HttpMethod.Post, "/api/v1/credentials", new { agent_id = Text(agent, "id") }, HttpStatusCode.Created);
        var (mcp, key) = (new McpCalls(server), Text(made, "raw_key"));
        async Task<bool> IsActiveAsync(JsonElement tokens, string name) => (await mcp.ResultAsync("introspect_token", new { token = Text(tokens, name) })).GetProperty("active").GetBoolean();

        var first = await mcp.ResultAsync("authenticate", new { api_key = key });
        server.Clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromSeconds(1));
        Assert.True(await IsActiveAsync(first, "access_token"));
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await IsActiveAsync(first, "access_token"));
        server.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(16));
        Assert.True(await IsActiveAsync(first, "refresh_token"));
        server.Clock.Advance(TimeSpan.FromMinutes(16));
        Assert.False(await IsActiveAsync(first, "refresh_token"));
        (await mcp.CallAsync("refresh_token", new { refresh_token_value = Text(first, "refresh_token") })).Fails(400, "invalid_grant");

        Assert.False(made.GetProperty("credential").TryGetProperty("expires_at", out _));
        server.Clock.Advance(TimeSpan.FromDays(400));
        await mcp.ResultAsync("authenticate", new { api_key = key });
    }

    /// <summary>A session as the seed's Python client opens it.</summary>
    private async Task<McpCalls> InitializedAsync()
    {
        var mcp = new McpCalls(side.Server) { Version = McpCalls.Legacy };
        var hello = await mcp.SendAsync("initialize", McpCalls.Hello());
        return mcp with { Headers = [("Mcp-Session-Id", hello.Response.Headers.GetValues("Mcp-Session-Id").Single())] };
    }

    private static void AssertPair(JsonElement tokens)
    {
        var (issued, expires, before) = (tokens.GetProperty("issued_at").GetDateTimeOffset(), tokens.GetProperty("expires_at").GetDateTimeOffset(), tokens.GetProperty("refresh_before").GetDateTimeOffset());
        Assert.Equal(("Bearer", 900), (Text(tokens, "token_type"), tokens.GetProperty("expires_in").GetInt32()));
        Assert.Equal((TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(1)), (expires - issued, expires - before));
        Assert.Equal(3, Text(tokens, "access_token").Split('.').Length);
        Assert.DoesNotContain('.', Text(tokens, "refresh_token"));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
