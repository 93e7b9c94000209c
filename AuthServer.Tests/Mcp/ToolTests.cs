using System.Text.Json;
using AuthServer.Protocol;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Mcp;

/// <summary>What each tool does, and how it refuses.</summary>
public sealed class ToolTests(ChainSide side) : IClassFixture<ChainSide>
{
    private readonly McpCalls _mcp = new(side.Server);

    [Fact]
    public async Task Discover_names_grants_scopes_lifetimes_and_endpoints()
    {
        var result = await _mcp.ResultAsync("discover");

        Assert.Equal(side.Server.Issuer, result.GetProperty("issuer").GetString());
        Assert.Equal(side.Server.Issuer + "/mcp", result.GetProperty("endpoints").GetProperty("mcp").GetString());
        Assert.Equal(side.Server.Issuer + "/connect/token", result.GetProperty("endpoints").GetProperty("token").GetString());
        Assert.Superset(new HashSet<string> { "client_credentials", "refresh_token", "agent_delegation", ChainSide.Exchange }, Texts(result, "grant_types_supported").ToHashSet());
        Assert.Superset(new HashSet<string> { "agents.read", "api.write", "delegations.write" }, Texts(result, "scopes_supported").ToHashSet());
        Assert.Equal(["orchestrator", "autonomous", "assistant", "tool"], Texts(result, "agent_types_supported"));
        Assert.Equal((900, 604_800), (result.GetProperty("token_lifetimes").GetProperty("access_token").GetInt32(), result.GetProperty("token_lifetimes").GetProperty("refresh_token").GetInt32()));
    }

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
        Assert.Equal(["api.read", "agents.read"], Texts(result, "scopes"));
        Assert.Equal([side.Server.Issuer, side.Server.Issuer + "/mcp"], Texts(ChainSide.Claims(answer.Blocks[0]), "aud"));
    }

    [Fact]
    public async Task Authenticate_refuses_bad_keys_and_scopes_beyond_them()
    {
        var agent = await side.AgentAsync("api.read");
        (await _mcp.CallAsync("authenticate", new { api_key = "ak_live_" + new string('x', 43) })).Fails(401, "invalid_client");
        (await _mcp.CallAsync("authenticate", new { api_key = agent.Key, scopes = new[] { "api.write" } })).Fails(400, "invalid_scope");
        foreach (var arguments in new object[]
        {
            new { }, new { api_key = "ag_other" }, new { api_key = 7 }, new { api_key = agent.Key, scopes = "api.read" }, new { api_key = agent.Key, scopes = Array.Empty<string>() },
            new { api_key = agent.Key, scopes = new[] { "api.read api.write" } }, new { api_key = agent.Key, resource = "https://else.example" },
        })
        {
            (await _mcp.CallAsync("authenticate", arguments)).Fails(400, "invalid_request");
        }
    }

    [Fact]
    public async Task Refresh_gives_the_next_pair_for_the_same_and_a_used_token_ends_them_all()
    {
        var agent = await side.AgentAsync();
        var first = await _mcp.ResultAsync("authenticate", new { api_key = agent.Key });
        var second = await _mcp.ResultAsync("refresh_token", new { refresh_token_value = Text(first, "refresh_token") });

        Assert.NotEqual(Text(first, "refresh_token"), Text(second, "refresh_token"));
        Assert.Equal(Texts(ChainSide.Claims(Text(first, "access_token")), "aud"), Texts(ChainSide.Claims(Text(second, "access_token")), "aud"));
        Assert.True(await IsActiveAsync(Text(first, "access_token")));
        (await _mcp.CallAsync("refresh_token", new { refresh_token_value = Text(first, "refresh_token") })).Fails(400, "invalid_grant");
        Assert.False(await IsActiveAsync(Text(second, "access_token")));
        (await _mcp.CallAsync("refresh_token", new { refresh_token_value = Text(second, "refresh_token") })).Fails(400, "invalid_grant");
        (await _mcp.CallAsync("refresh_token")).Fails(400, "invalid_arguments");
    }

    [Fact]
    public async Task A_refresh_token_works_beside_a_bearer_of_the_connection()
    {
        var agent = await side.AgentAsync();
        var first = await _mcp.ResultAsync("authenticate", new { api_key = agent.Key });
        var calls = _mcp with { Bearer = Text(first, "access_token") };

        await calls.ResultAsync("authenticate", new { api_key = agent.Key });
        await calls.ResultAsync("refresh_token", new { refresh_token_value = Text(first, "refresh_token") });
    }

    [Fact]
    public async Task Introspection_shows_the_holder_what_a_token_says_and_of_others_nothing()
    {
        var agent = await side.AgentAsync();
        var tokens = await _mcp.ResultAsync("authenticate", new { api_key = agent.Key, scopes = new[] { "api.read" } });
        var access = await _mcp.ResultAsync("introspect_token", new { token = Text(tokens, "access_token") });
        var refresh = await _mcp.ResultAsync("introspect_token", new { token = Text(tokens, "refresh_token") });

        Assert.Equal((true, agent.Id, "assistant", "root"), (access.GetProperty("active").GetBoolean(), Text(access, "sub"), Text(access, "agent_type"), Text(access, "trust_level")));
        Assert.Equal(["api.read"], Texts(access, "scopes"));
        Assert.Equal(tokens.GetProperty("expires_at").GetDateTimeOffset().ToUnixTimeSeconds(), access.GetProperty("exp").GetInt64());
        Assert.Equal((true, agent.ClientId), (refresh.GetProperty("active").GetBoolean(), Text(refresh, "client_id")));
        foreach (var bad in new[] { "garbage", "a.b.c", "", Text(tokens, "access_token") + "x" })
        {
            Assert.Equal("{\"active\":false}", (await _mcp.ResultAsync("introspect_token", new { token = bad })).GetRawText());
        }

        (await _mcp.CallAsync("introspect_token")).Fails(400, "invalid_arguments");
    }

    [Fact]
    public async Task Revoking_one_of_a_pair_ends_both_and_again_or_garbage_is_no_error()
    {
        var agent = await side.AgentAsync();
        foreach (var name in new[] { "access_token", "refresh_token" })
        {
            var pair = await _mcp.ResultAsync("authenticate", new { api_key = agent.Key });
            for (var i = 0; i < 2; i++)
            {
                Assert.True((await _mcp.ResultAsync("revoke_token", new { token = Text(pair, name) })).GetProperty("revoked").GetBoolean());
            }

            Assert.False(await IsActiveAsync(Text(pair, "access_token")));
            (await _mcp.CallAsync("refresh_token", new { refresh_token_value = Text(pair, "refresh_token") })).Fails(400, "invalid_grant");
        }

        Assert.True((await _mcp.ResultAsync("revoke_token", new { token = "garbage" })).GetProperty("revoked").GetBoolean());
        (await _mcp.CallAsync("revoke_token", new { token = "" })).Fails(400, "invalid_request");
    }

    [Fact]
    public async Task Agents_are_listed_part_by_part_and_strangers_do_not_exist()
    {
        var (agent, peer, stranger) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await agent.DelegatedAsync(peer, ["api.read"]);
        var calls = _mcp with { Bearer = await TokenAsync(agent) };
        var all = await calls.ResultAsync("list_agents");
        var second = await calls.ResultAsync("list_agents", new { limit = 1, offset = 1 });

        Assert.Equal(new[] { peer.Id, agent.Id }.OrderDescending(StringComparer.Ordinal), Ids(all));
        Assert.Equal(Ids(all)[1..], Ids(second));
        Assert.Equal((2, 1, 1), (second.GetProperty("meta").GetProperty("total").GetInt32(), second.GetProperty("meta").GetProperty("limit").GetInt32(), second.GetProperty("meta").GetProperty("offset").GetInt32()));
        var self = await calls.ResultAsync("get_agent", new { agent_id = Identifiers.ToUuid("agt_", agent.Id) });
        Assert.Equal((agent.Id, "active", "root", true, true), (Text(self, "id"), Text(self, "status"), Text(self, "trust_level"), self.GetProperty("is_root").GetBoolean(), self.GetProperty("is_active").GetBoolean()));
        Assert.Equal(peer.Id, Text(await calls.ResultAsync("get_agent", new { agent_id = peer.Id }), "id"));
        (await calls.CallAsync("get_agent", new { agent_id = stranger.Id })).Fails(404, "not_found");
        (await calls.CallAsync("get_agent", new { agent_id = "nobody" })).Fails(404, "not_found");
        (await calls.CallAsync("get_agent")).Fails(400, "invalid_arguments");
        foreach (var arguments in new object[] { new { limit = 0 }, new { limit = 101 }, new { offset = -1 }, new { limit = "ten" }, new { limit = 1.5 } })
        {
            (await calls.CallAsync("list_agents", arguments)).Fails(400, "invalid_request");
        }
    }

    [Fact]
    public async Task A_key_is_made_replaced_and_ended()
    {
        var agent = await side.AgentAsync();
        var calls = _mcp with { Bearer = await TokenAsync(agent) };
        var made = await calls.ResultAsync("create_credential", new { agent_id = agent.Id, scopes = new[] { "api.read" } });
        Assert.Equal((agent.Id, "api_key", true), (Text(made, "agent_id"), Text(made, "type"), made.GetProperty("is_valid").GetBoolean()));
        Assert.Equal(["api.read"], Texts(await _mcp.ResultAsync("authenticate", new { api_key = Text(made, "raw_key") }), "scopes"));

        var rotated = await calls.ResultAsync("rotate_credential", new { credential_id = Text(made, "id") });
        Assert.Equal(Text(made, "id"), Text(rotated, "old_credential_id"));
        (await _mcp.CallAsync("authenticate", new { api_key = Text(made, "raw_key") })).Fails(401, "invalid_client");
        await _mcp.ResultAsync("authenticate", new { api_key = Text(rotated, "raw_key") });

        for (var i = 0; i < 2; i++)
        {
            Assert.False((await calls.ResultAsync("revoke_credential", new { credential_id = Text(rotated, "id") })).GetProperty("is_valid").GetBoolean());
        }

        (await _mcp.CallAsync("authenticate", new { api_key = Text(rotated, "raw_key") })).Fails(401, "invalid_client");
        (await calls.CallAsync("rotate_credential", new { credential_id = Text(rotated, "id") })).Fails(409, "key_ended");
    }

    [Fact]
    public async Task The_keys_of_a_peer_are_not_ones_own_and_those_of_a_stranger_are_not_there()
    {
        var (agent, peer, stranger) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        await agent.DelegatedAsync(peer, ["api.read"]);
        var calls = _mcp with { Bearer = await TokenAsync(agent) };
        foreach (var (other, status, code) in new[] { (peer, 403, "not_yours"), (stranger, 404, "not_found") })
        {
            (await calls.CallAsync("create_credential", new { agent_id = other.Id })).Fails(status, code);
            (await calls.CallAsync("rotate_credential", new { credential_id = other.KeyId })).Fails(status, code);
            (await calls.CallAsync("revoke_credential", new { credential_id = other.KeyId })).Fails(status, code);
        }

        Assert.Equal(
            ["create_credential", "revoke_credential", "rotate_credential"],
            (await side.Server.TrailAsync("access.refused")).Where(row => row.Subject == agent.Id && row.Reason == "not_yours").Select(row => row.Target).Order());
        (await calls.CallAsync("create_credential", new { agent_id = agent.Id, scopes = new[] { "email:send" } })).Fails(400, "invalid_request");
    }

    [Fact]
    public async Task A_delegation_makes_a_peer_and_goes_no_deeper_and_no_wider_than_it_says()
    {
        var (agent, peer, third, fourth) = (await side.AgentAsync(), await side.AgentAsync("delegations.write"), await side.AgentAsync("delegations.write"), await side.AgentAsync());
        var made = await (_mcp with { Bearer = await TokenAsync(agent) }).ResultAsync(
            "create_delegation", new { delegate_agent_id = peer.Id, scopes = new[] { "api.read", "agents.read" }, max_chain_depth = 1, expires_in_hours = 24 });
        Assert.Equal((agent.Id, peer.Id, 0, 1, true), (
            Text(made, "delegator_agent_id"), Text(made, "delegate_agent_id"), made.GetProperty("chain_depth").GetInt32(), made.GetProperty("chain_depth_remaining").GetInt32(), made.GetProperty("is_active").GetBoolean()));
        Assert.Equal(TimeSpan.FromHours(24), made.GetProperty("expires_at").GetDateTimeOffset() - made.GetProperty("created_at").GetDateTimeOffset());

        var calls = _mcp with { Bearer = await TokenAsync(peer) };
        (await calls.CallAsync("create_delegation", new { delegate_agent_id = third.Id, scopes = new[] { "api.write" } })).Fails(403, "delegation_refused");
        (await calls.CallAsync("create_delegation", new { delegate_agent_id = third.Id, scopes = new[] { "api.read" }, constraints = new object[] { new { key = "amount", at_most = 5 } } })).Fails(403, "delegation_refused");
        var bounded = await calls.ResultAsync("create_delegation", new { delegate_agent_id = third.Id, scopes = new[] { "api.read" }, constraints = new object[] { new { key = "amount", max = 5 } } });
        Assert.Equal(5, bounded.GetProperty("constraints")[0].GetProperty("max").GetInt32());
        await calls.ResultAsync("create_delegation", new { delegate_agent_id = third.Id, scopes = new[] { "api.read" } });
        (await (_mcp with { Bearer = await TokenAsync(third) }).CallAsync("create_delegation", new { delegate_agent_id = fourth.Id, scopes = new[] { "api.read" } })).Fails(403, "delegation_refused");
        Assert.Equal(["beyond_own_rights", "too_deep", "unknown_constraint"], (await side.Server.TrailAsync("access.refused")).Where(row => row.Target == "create_delegation").Select(row => row.Reason).Order());
        (await calls.CallAsync("create_delegation", new { delegate_agent_id = "nobody", scopes = new[] { "api.read" } })).Fails(400, "invalid_request");
        (await calls.CallAsync("create_delegation", new { delegate_agent_id = third.Id, scopes = Array.Empty<string>() })).Fails(400, "invalid_request");
        (await calls.CallAsync("create_delegation", new { delegate_agent_id = third.Id, scopes = new[] { "api.read" }, max_chain_depth = 11 })).Fails(400, "invalid_request");
        (await calls.CallAsync("create_delegation", new { delegate_agent_id = third.Id })).Fails(400, "invalid_arguments");
    }

    [Fact]
    public async Task Quickstart_gives_the_bare_key_first_and_then_an_identity_with_tokens()
    {
        var name = $"pipeline {Guid.NewGuid():N}";
        var answer = await _mcp.CallAsync("quickstart", new { name, agent_type = "autonomous", description = "Processes nightly ETL jobs" });
        var result = answer.Result;
        var agent = result.GetProperty("agent");

        Assert.Equal(2, answer.Blocks.Length);
        Assert.Equal(answer.Blocks[0], Text(result, "api_key"));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(answer.Blocks[1]), result));
        Assert.Equal((name, "autonomous", "root", "active"), (Text(agent, "name"), Text(agent, "agent_type"), Text(agent, "trust_level"), Text(agent, "status")));
        Assert.Equal(("Bearer", 900), (Text(result, "token_type"), result.GetProperty("expires_in").GetInt32()));
        Assert.Equal(TimeSpan.FromMinutes(1), result.GetProperty("expires_at").GetDateTimeOffset() - result.GetProperty("refresh_before").GetDateTimeOffset());
        Assert.StartsWith(side.Server.Issuer, Text(result.GetProperty("claim"), "url"), StringComparison.Ordinal);
        Assert.Equal(Text(agent, "id"), Assert.Single(Ids(await _mcp.ResultAsync("list_agents", new { access_token = Text(result, "access_token") }))));
        await _mcp.ResultAsync("refresh_token", new { refresh_token_value = Text(result, "refresh_token") });
        var again = (await _mcp.CallAsync("authenticate", new { api_key = answer.Blocks[0] })).Blocks[0];
        Assert.Equal(Text(agent, "id"), Assert.Single(Ids(await (_mcp with { Bearer = again }).ResultAsync("list_agents"))));
    }

    [Fact]
    public async Task Quickstart_refuses_a_taken_name_and_what_is_missing_or_unknown()
    {
        var name = $"pipeline {Guid.NewGuid():N}";
        await _mcp.ResultAsync("quickstart", new { name, agent_type = "tool" });
        (await _mcp.CallAsync("quickstart", new { name, agent_type = "tool" })).Fails(409, "agent_name_conflict");
        (await _mcp.CallAsync("quickstart", new { name = "", agent_type = "tool" })).Fails(400, "invalid_request");
        (await _mcp.CallAsync("quickstart", new { name = "x", agent_type = "spy" })).Fails(400, "invalid_request");
        (await _mcp.CallAsync("quickstart", new { name = "x" })).Fails(400, "invalid_arguments");
        (await _mcp.CallAsync("quickstart", new { name = "x", agent_type = "tool", allowed_scopes = new[] { "admin.full" } })).Fails(400, "invalid_request");
    }

    [Fact]
    public async Task Check_permission_says_whether_by_what_and_why()
    {
        var (agent, peer) = (await side.AgentAsync([.. ChainSide.Own, "policies.read"]), await side.AgentAsync("policies.read"));
        var delegation = await agent.DelegatedAsync(peer, ["api.read"]);
        var calls = _mcp with { Bearer = await TokenAsync(agent) };

        var own = await calls.ResultAsync("check_permission", new { agent_id = agent.Id, action = "write", resource = "/api/v1/credentials" });
        Assert.Equal((true, "allow"), (own.GetProperty("allowed").GetBoolean(), Text(own, "effect")));
        var given = await calls.ResultAsync("check_permission", new { agent_id = peer.Id, action = "read", resource = "/api/v1/api" });
        Assert.Equal((true, delegation), (given.GetProperty("allowed").GetBoolean(), Text(given, "delegation_id")));
        var refused = await calls.ResultAsync("check_permission", new { agent_id = peer.Id, action = "delete", resource = "/api/v1/credentials" });
        Assert.Equal((false, "deny"), (refused.GetProperty("allowed").GetBoolean(), Text(refused, "effect")));
        Assert.All(new[] { own, given, refused }, answer => Assert.EndsWith(".", Text(answer, "reason"), StringComparison.Ordinal));
        var stranger = await side.AgentAsync();
        (await calls.CallAsync("check_permission", new { agent_id = stranger.Id, action = "read", resource = "/api/v1/agents" })).Fails(404, "not_found");
        (await calls.CallAsync("check_permission", new { agent_id = agent.Id, action = "own", resource = "/api/v1/agents" })).Fails(400, "invalid_request");
        (await calls.CallAsync("check_permission", new { agent_id = agent.Id, action = "read", resource = "" })).Fails(400, "invalid_request");
        (await calls.CallAsync("check_permission", new { agent_id = agent.Id, action = "read" })).Fails(400, "invalid_arguments");
    }

    [Fact]
    public async Task An_agent_acts_at_the_tools_with_what_was_delegated_to_it()
    {
        var (agent, peer) = (await side.AgentAsync(), await side.AgentAsync("agents.read", "credentials.write"));
        var delegation = await agent.DelegatedAsync(peer, ["agents.read", "credentials.write"]);
        var token = (await side.AuthAsync(new
        {
            grant_type = "agent_delegation",
            client_secret = peer.Key,
            delegation_id = delegation,
            resource = new[] { side.Server.Issuer + "/mcp" },
        })).Is(System.Net.HttpStatusCode.OK).Json.GetProperty("access_token").GetString()!;
        var calls = _mcp with { Bearer = token };

        Assert.Contains(peer.Id, Ids(await calls.ResultAsync("list_agents")));
        (await calls.CallAsync("create_credential", new { agent_id = agent.Id })).Fails(403, "acts_for_another");
    }

    private async Task<string> TokenAsync(KeyedAgent agent) => (await _mcp.CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0];

    private async Task<bool> IsActiveAsync(string token) => (await _mcp.ResultAsync("introspect_token", new { token })).GetProperty("active").GetBoolean();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static string[] Texts(JsonElement json, string name) => [.. json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];

    private static string[] Ids(JsonElement list) => [.. list.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];
}
