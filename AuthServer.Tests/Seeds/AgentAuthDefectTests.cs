using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Seeds;

/// <summary>The defects that were seen in AgentAuth's code, and that this server does not have. Those that a test of their own room shows already:
/// <list type="table">
/// <item><term>no RFC 8414</term><description><see cref="Specs.Rfc8414MetadataTests.Every_endpoint_that_is_named_answers"/></description></item>
/// <item><term>no RFC 9728</term><description><see cref="Mcp.AdmissionTests.Each_address_says_which_resource_it_is_and_who_gives_tokens_for_it"/></description></item>
/// <item><term>no authorize endpoint</term><description><see cref="Mcp.AdmissionTests.A_person_connects_a_client_that_nobody_entered_and_sees_the_agents_of_their_organization"/></description></item>
/// <item><term>agents without a delegation have unrestricted scopes</term><description><see cref="Agents.QuickstartTests.What_it_may_do_reaches_no_people_no_money_and_no_rules"/></description></item>
/// <item><term>revoke and chain without a check of whose it is</term><description><see cref="Delegations.DelegationTests.Only_who_gave_it_or_something_above_it_or_received_it_can_end_it"/>,
/// <see cref="Delegations.DelegationTests.A_chain_shows_its_hops_and_what_they_have_in_common_to_who_takes_part_in_it"/></description></item>
/// <item><term>the syntax advertises what the evaluator ignores</term><description><see cref="Policies.SyntaxTests.Every_member_of_subjects_resources_and_conditions_is_enforced"/></description></item>
/// <item><term>{} matches everyone</term><description><see cref="Policies.PoliciesApiTests.A_policy_that_could_not_be_evaluated_is_refused_and_the_field_is_named"/></description></item>
/// <item><term>time windows are not enforced</term><description>the same, and <see cref="Policies.EvaluationTests.What_an_agent_would_be_answered_is_told_with_the_policy_that_decides"/></description></item>
/// <item><term>a re-delegation may outlive its parent</term><description><see cref="Delegations.DelegationTests.What_was_received_is_passed_on_and_nothing_beyond_it"/></description></item>
/// <item><term>the cascade also revokes what the delegate received from others</term><description><see cref="Delegations.DelegationTests.Revoking_cuts_the_branch_below_and_nothing_beside_it"/>,
/// <see cref="Delegations.DelegationTreeProperties.Rights_are_those_of_the_live_chains_and_a_cut_or_an_end_takes_exactly_its_subtree"/></description></item>
/// <item><term>client_credentials gives refresh tokens</term><description><see cref="Agents.ApiKeyTokenTests.The_standard_endpoint_gives_client_credentials_no_refresh_token"/></description></item>
/// <item><term>no protection against DNS rebinding at /mcp</term><description><see cref="Mcp.AttackTests.A_host_that_points_here_by_another_name_is_not_believed"/></description></item>
/// <item><term>secrets that are arguments end up in logs</term><description><see cref="Mcp.AttackTests.No_key_or_token_reaches_a_log_or_the_trail_whatever_goes_wrong_with_it"/></description></item>
/// </list></summary>
public sealed class AgentAuthDefectTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Theory]
    [InlineData("/api/v1/auth/token")]
    [InlineData("/connect/token")]
    public async Task An_error_of_OAuth_is_not_wrapped_and_an_invalid_grant_is_400(string path)
    {
        var agent = await side.AgentAsync();
        foreach (var (form, status, error) in new[]
        {
            (new[] { ("grant_type", "refresh_token"), ("refresh_token", "nothing") }, 400, "invalid_grant"),
            ([("grant_type", "agent_delegation"), ("delegation_id", "dlg_nothing")], 400, "invalid_grant"),
            ([("grant_type", "client_credentials"), ("scope", "admin.full")], 400, "invalid_scope"),
            ([("grant_type", "password")], 400, "unsupported_grant_type"),
            ([("grant_type", "client_credentials"), ("client_id", "agc_nobody")], 401, "invalid_client"),
        })
        {
            var refused = await PostAsync(path, [("client_secret", agent.Key), .. form]);
            Assert.Equal((status, error), ((int)refused.Status, refused.Json.GetProperty("error").GetString()));
            Assert.Empty(refused.Json.EnumerateObject().Select(member => member.Name).Except(["error", "error_description", "error_uri"]));
            Assert.Equal("no-store", refused.Response.Headers.CacheControl?.ToString());
        }
    }

    [Theory]
    [InlineData("/api/v1/auth/token/introspect")]
    [InlineData("/api/v1/auth/token/revoke")]
    [InlineData("/connect/introspect")]
    [InlineData("/connect/revoke")]
    public async Task Nobody_introspects_or_revokes_without_proving_who_they_are(string path)
    {
        var (agent, other) = (await side.AgentAsync(), await side.AgentAsync());
        var token = await agent.TokenAsync();
        foreach (var proof in new (string, string)[][] { [], [("client_id", agent.ClientId)], [("client_id", agent.Id)], [("client_id", agent.ClientId), ("client_secret", "ak_live_guess")], [("client_secret", token)] })
        {
            var refused = await PostAsync(path, [("token", token), .. proof]);
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (refused.Status, refused.Json.GetProperty("error").GetString()));
        }

        var strangers = (await PostAsync(path, [("token", token), ("client_secret", other.Key)])).Is(HttpStatusCode.OK);
        Assert.True(path.EndsWith("revoke", StringComparison.Ordinal) || strangers.Text == """{"active":false}""", strangers.Text);
        Assert.True(await side.IsActiveAsync(agent, token));
    }

    [Theory]
    [InlineData("/api/v1/auth/token")]
    [InlineData("/connect/token")]
    public async Task A_token_is_exchanged_by_a_client_that_proves_itself_and_for_no_audience_beyond_its_own(string path)
    {
        var (alice, bob) = (await side.AgentAsync(), await side.AgentAsync());
        await alice.DelegatedAsync(bob, ["api.read"]);
        (string, string)[] exchange = [("grant_type", ChainSide.Exchange), ("subject_token", await alice.TokenAsync()), ("subject_token_type", ChainSide.AccessToken)];

        foreach (var proof in new (string, string)[][] { [], [("client_id", bob.ClientId)], [("client_id", bob.ClientId), ("client_secret", alice.Key)] })
        {
            var refused = await PostAsync(path, [.. exchange, .. proof]);
            Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), (refused.Status, refused.Json.GetProperty("error").GetString()));
        }

        foreach (var audience in new[] { Flows.Api, Flows.Other, "https://evil.example", side.Server.Issuer + "/mcp", alice.ClientId })
        {
            var refused = await PostAsync(path, [.. exchange, ("client_secret", bob.Key), ("audience", audience)]);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_target"), (refused.Status, refused.Json.GetProperty("error").GetString()));
        }

        (await PostAsync(path, [.. exchange, ("client_secret", bob.Key)])).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("delegation_id")]
    [InlineData("delegation_token")]
    public async Task A_delegation_is_used_by_the_agent_that_it_is_for_and_by_nobody_else(string member)
    {
        var (alice, bob, carol) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        var id = await alice.DelegatedAsync(bob, ["api.read"]);
        (string, string)[] Form(string named) => [("grant_type", "agent_delegation"), (member, named)];

        foreach (var (agent, named) in new[] { (carol, id), (alice, id), (bob, "dlg_01h00000000000000000000000"), (bob, alice.Id), (bob, await alice.TokenAsync()) })
        {
            var refused = await PostAsync("/api/v1/auth/token", [.. Form(named), ("client_secret", agent.Key)]);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_grant"), (refused.Status, refused.Json.GetProperty("error").GetString()));
            Assert.Equal("delegation_unknown", (await side.ReasonsAsync("token.refused"))[^1]);
        }

        var token = (await PostAsync("/api/v1/auth/token", [.. Form(id), ("client_secret", bob.Key)])).Is(HttpStatusCode.OK).Json;
        var claims = ChainSide.Claims(token.GetProperty("access_token").GetString()!);
        Assert.Equal((alice.Id, bob.Id, "api.read"), (Text(claims, "sub"), Text(claims.GetProperty("act"), "sub"), Text(claims, "scope")));
    }

    [Fact]
    public async Task More_delegations_give_more_rights_and_not_what_they_have_in_common()
    {
        var (alice, carol, bob) = (await side.AgentAsync(), await side.AgentAsync("files.read", "delegations.write"), await side.AgentAsync("policies.read"));
        using var rest = bob.Rest();
        await MayAsync(false, false, false);
        await alice.DelegatedAsync(bob, ["api.read"]);
        await MayAsync(true, false, false);
        var write = await alice.DelegatedAsync(bob, ["api.write"]);
        await MayAsync(true, true, false);
        await carol.DelegatedAsync(bob, ["files.read"]);
        await MayAsync(true, true, true);
        using var alices = alice.Rest();
        (await alices.DeleteAsync("/delegations/" + write)).Is(HttpStatusCode.OK);
        await MayAsync(true, false, true);

        async Task MayAsync(bool readApi, bool writeApi, bool readFiles)
        {
            foreach (var (action, resource, allowed) in new[] { ("read", "/api/v1/api", readApi), ("write", "/api/v1/api", writeApi), ("read", "/api/v1/files", readFiles) })
            {
                var answer = (await rest.PostAsync("/policies/evaluate", new { agent_id = bob.Id, action, resource })).Is(HttpStatusCode.OK).Json;
                Assert.Equal((action, resource, allowed), (action, resource, answer.GetProperty("allowed").GetBoolean()));
            }
        }
    }

    [Theory, BothDoors]
    public async Task The_key_of_a_quickstart_does_what_the_seeds_examples_do(Door door)
    {
        var agent = await new SeedDoor(side.Server, door).StartAsync();
        var tokens = (await agent.Door.AuthenticateAsync(agent.Key)).Is(200);

        Assert.Superset(
            new HashSet<string> { "api.read", "agents.read", "agents.write", "credentials.read", "credentials.write", "credentials.delete", "delegations.write", "policies.read" }, tokens.Scopes.ToHashSet());
        Assert.Equal(["api.read", "agents.write"], (await agent.Door.AuthenticateAsync(agent.Key, "api.read", "agents.write")).Is(200).Scopes);
        Assert.Equal(tokens.Scopes.Order(StringComparer.Ordinal), agent.Started.Scopes.Order(StringComparer.Ordinal));
    }

    [Theory, BothDoors]
    public async Task A_refresh_token_says_nothing_by_itself_and_is_kept_as_a_hash(Door door)
    {
        var agent = await new SeedDoor(side.Server, door).StartAsync();
        var next = (await agent.Door.RefreshAsync(agent.RefreshToken)).Is(200);
        var other = (await agent.Door.AuthenticateAsync(agent.Key)).Is(200);
        string[] tokens = [agent.RefreshToken, next.Text("refresh_token"), other.Text("refresh_token")];

        Assert.Equal(3, tokens.Distinct().Count());
        Assert.All(tokens, token => Assert.Matches("^[A-Za-z0-9_-]{43}$", token));
        var kept = JsonSerializer.Serialize(await side.Server.QueryAsync(context => context.Tokens.AsNoTracking().Select(row => new { row.Id, row.ReferenceId, row.Payload, row.Properties }).ToListAsync()));
        Assert.All(tokens, token => Assert.DoesNotContain(token, kept, StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_tool_needs_a_token_among_its_arguments()
    {
        var (agent, peer) = (await side.AgentAsync([.. ChainSide.Own, "policies.read"]), await side.AgentAsync());
        var mcp = new McpCalls(side.Server, (await new McpCalls(side.Server).CallAsync("authenticate", new { api_key = agent.Key })).Blocks[0]);

        await mcp.ResultAsync("list_agents");
        await mcp.ResultAsync("get_agent", new { agent_id = agent.Id });
        var key = await mcp.ResultAsync("create_credential", new { agent_id = agent.Id });
        var next = await mcp.ResultAsync("rotate_credential", new { credential_id = Text(key, "id") });
        await mcp.ResultAsync("revoke_credential", new { credential_id = Text(next, "id") });
        await mcp.ResultAsync("create_delegation", new { delegate_agent_id = peer.Id, scopes = new[] { "api.read" } });
        await mcp.ResultAsync("check_permission", new { agent_id = peer.Id, action = "read", resource = "/api/v1/api" });
    }

    private async Task<RestAnswer> PostAsync(string path, (string Name, string Value)[] form)
    {
        using var http = side.Server.CreateClient();
        return await RestAnswer.ReadAsync(await http.PostAsync(path, TokenSide.Form(form)));
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
