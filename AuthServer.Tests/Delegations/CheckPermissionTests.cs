using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Policies;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Delegations;

/// <summary>What an agent may do, asked before it does it: by its own rights and by every chain that it received.</summary>
public sealed class CheckPermissionTests(ChainSide side) : IClassFixture<ChainSide>
{
    private static readonly string[] Asking = ["policies.read", "delegations.write", "api.read", "files.read", "credentials.write"];

    [Fact]
    public async Task Own_rights_are_found_by_action_and_path()
    {
        var alice = await side.AgentAsync(Asking);

        foreach (var (action, resource, allowed) in new[]
        {
            ("read", "/api/v1/files", true), ("read", "/api/v1/files/7", true), ("read", "files", true), ("read", "https://api.example/files/7?x=1", true),
            ("write", "/api/v1/credentials", true), ("write", "/api/v1/files", false), ("read", "/api/v1/credentials", false), ("read", "/api/v1", true),
            ("delegate", "/api/v1/delegations", true), ("delegate", "/api/v1/files", false), ("admin", "/api/v1/files", false), ("execute", "/api/v1/files", false),
            ("execute", "files.read", false), ("read", "*", false), ("read", "/", false),
        })
        {
            var answer = await CheckAsync(alice, alice, action, resource);
            Assert.True(allowed == answer.GetProperty("allowed").GetBoolean(), $"{action} {resource}: {answer}");
            Assert.Equal((allowed ? "allow" : "deny", allowed ? "allowed" : "scope_missing"), (Text(answer, "effect"), Text(answer, "reasonCode")));
            Assert.False(answer.TryGetProperty("delegationId", out _));
        }
    }

    [Fact]
    public async Task A_peer_may_be_asked_about_and_what_it_was_given_is_found()
    {
        var (alice, bob) = (await side.AgentAsync(Asking), await side.AgentAsync("delegations.read"));
        using var rest = alice.Rest();
        await side.AgentAsync(Asking);
        var delegation = await alice.DelegatedAsync(bob, ["files.read"]);

        var answer = await CheckAsync(alice, bob, "read", "/api/v1/files");
        Assert.Equal((true, delegation), (answer.GetProperty("allowed").GetBoolean(), Text(answer, "delegationId")));
        Assert.Contains(delegation, Text(answer, "reason"), StringComparison.Ordinal);
        Assert.False((await CheckAsync(alice, bob, "write", "/api/v1/files")).GetProperty("allowed").GetBoolean());
        (await rest.DeleteAsync("/delegations/" + delegation)).Is(HttpStatusCode.Forbidden, "insufficient_scope");
        await side.Organization.AskAsync(HttpMethod.Delete, "/api/v1/delegations/" + delegation);
        (await rest.PostAsync("/policies/evaluate", Question(bob, "read", "/api/v1/files"))).Is(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Two_hundred_older_delegations_of_strangers_hide_none_of_its_own_organization()
    {
        var (alice, bob) = (await side.AgentAsync(Asking), await side.AgentAsync("delegations.read"));
        var stranger = await side.AgentAsync(await OrganizationSide.CreateAsync(side.Server), Asking);
        await stranger.CrowdAsync(bob, "files.read", 200);
        var suspended = await side.AgentAsync(Asking);
        await suspended.DelegatedAsync(bob, ["files.read"]);
        await side.Organization.PostAsync($"/api/v1/agents/{suspended.Id}/suspend");
        var delegation = await alice.DelegatedAsync(bob, ["files.read"]);

        Assert.Equal(delegation, Text(await CheckAsync(alice, bob, "read", "/api/v1/files"), "delegationId"));
    }

    [Fact]
    public async Task Who_is_not_seen_is_not_there_and_who_lacks_the_scope_is_told_so()
    {
        var (alice, bob) = (await side.AgentAsync(Asking), await side.AgentAsync("api.read"));
        using var alices = alice.Rest();
        using var bobs = bob.Rest();

        (await alices.PostAsync("/policies/evaluate", Question(bob, "read", "/api/v1/files"))).Is(HttpStatusCode.NotFound, "not_found");
        (await bobs.PostAsync("/policies/evaluate", Question(bob, "read", "/api/v1/files"))).Is(HttpStatusCode.Forbidden, "insufficient_scope");
        using var nobody = side.As(null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.PostAsync("/policies/evaluate", Question(bob, "read", "/api/v1/files"))).Status);
    }

    [Fact]
    public async Task A_stranger_who_delegates_something_learns_nothing_else_of_an_agent()
    {
        var elsewhere = await OrganizationSide.CreateAsync(side.Server);
        var (alice, bob, carol) = (await side.AgentAsync(elsewhere, Asking), await side.AgentAsync("files.read", "api.read"), await side.AgentAsync(Asking));
        await side.Organization.AskAsync(
            HttpMethod.Post, "/api/v1/policies", new { name = "Our secret rule", agent_id = bob.Id, effect = "deny", resources = new[] { "/secret*" } }, HttpStatusCode.Created);
        await carol.DelegatedAsync(bob, ["credentials.write"]);
        var shared = await alice.DelegatedAsync(bob, ["api.read"]);

        Assert.Equal(shared, Text(await CheckAsync(alice, bob, "read", "/api/v1"), "delegationId"));
        Assert.False((await CheckAsync(alice, bob, "read", "/api/v1/files")).GetProperty("allowed").GetBoolean());
        Assert.False((await CheckAsync(alice, bob, "write", "/api/v1/credentials")).GetProperty("allowed").GetBoolean());
        var denied = await CheckAsync(alice, bob, "read", "/secret/api");
        Assert.DoesNotContain("Our secret rule", denied.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("pol_", denied.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prohibition_overrides_what_a_delegation_gives()
    {
        var (alice, bob) = (await side.AgentAsync(Asking), await side.AgentAsync("api.read"));
        await alice.DelegatedAsync(bob, ["files.read"]);
        var policy = Text(
            await side.Organization.AskAsync(
                HttpMethod.Post, "/api/v1/policies",
                new { name = "Not these", effect = "deny", subjects = new { agent_ids = new[] { bob.Id } }, resources = new { paths = new[] { "/api/v1/files/7*" } }, actions = new[] { "read" } },
                HttpStatusCode.Created),
            "id");

        var denied = await CheckAsync(alice, bob, "read", "/api/v1/files/77");
        Assert.Equal((false, "deny", policy, "Not these"), (denied.GetProperty("allowed").GetBoolean(), Text(denied, "effect"), Text(denied, "matchingPolicyId"), Text(denied, "matchingPolicyName")));
        Assert.False(denied.TryGetProperty("delegationId", out _));
        Assert.True((await CheckAsync(alice, bob, "read", "/api/v1/files/8")).GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task Chains_are_judged_one_by_one_under_their_own_constraints_and_never_together()
    {
        var (alice, bob) = (await side.AgentAsync(Asking), await side.AgentAsync("api.write"));
        var small = await alice.DelegatedAsync(bob, ["files.read", "api.read"], Bounds("""[{"key":"amount","max":10}]"""));
        side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var eu = await alice.DelegatedAsync(bob, ["files.read"], Bounds("""[{"key":"region","one_of":["eu"]}]"""));

        foreach (var (context, gives) in new[]
        {
            ("""{"amount":10}""", small), ("""{"amount":11,"region":"eu"}""", eu), ("""{"amount":10,"region":"eu"}""", small), ("""{"amount":11,"region":"us"}""", null), ("{}", null),
        })
        {
            var answer = await CheckAsync(alice, bob, "read", "/api/v1/files", JsonNode.Parse(context));
            Assert.Equal(gives, answer.TryGetProperty("delegationId", out var id) ? id.GetString() : null);
            Assert.Equal(gives is null ? "constraint_violated" : "allowed", Text(answer, "reasonCode"));
        }

        // files.read comes by one chain and api.write by itself: no token could have both.
        var both = await side.Organization.PostAsync("/api/v1/policies/evaluate", new { agentId = bob.Id, actions = new[] { "files.read", "api.write" } });
        Assert.False(both.GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task A_chain_stops_with_any_of_its_agents_and_gives_no_more_than_the_first_may_do_today()
    {
        var (alice, bob, carol) = (await side.AgentAsync(Asking), await side.AgentAsync("delegations.write"), await side.AgentAsync("api.write"));
        var first = await alice.DelegatedAsync(bob, ["files.read"]);
        var second = await bob.DelegatedAsync(carol, ["files.read"], new() { ["delegation_id"] = first });
        async Task<bool> MayAsync() => (await side.Organization.PostAsync("/api/v1/policies/evaluate", Question(carol, "read", "/api/v1/files"))).GetProperty("allowed").GetBoolean();

        Assert.True(await MayAsync());
        await side.Organization.PostAsync($"/api/v1/agents/{bob.Id}/suspend");
        Assert.False(await MayAsync());
        side.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        await side.Organization.PostAsync($"/api/v1/agents/{bob.Id}/resume");
        Assert.True(await MayAsync());
        await side.Organization.AskAsync(HttpMethod.Patch, "/api/v1/agents/" + alice.Id, new { allowedScopes = new[] { "api.read" } });
        Assert.False(await MayAsync());
        Assert.StartsWith("dlg_", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_began_with_a_persons_consent_counts_while_that_consent_does()
    {
        var (alice, bob) = (await side.AgentAsync(Asking), await side.AgentAsync("api.read"));
        var user = side.Organization.UserId;
        await People.ConsentAsync(side.Server, alice.Id, user, "files.read");
        var delegation = await side.Server.QueryAsync(async context =>
        {
            var now = side.Server.Clock.Now;
            var id = AuthServer.Protocol.Identifiers.New("dlg_", now);
            context.Delegations.Add(new()
            {
                Id = id,
                RootId = id,
                Path = id + "/",
                DelegatorId = alice.Id,
                DelegateId = bob.Id,
                PrincipalId = user,
                OrganizationId = side.Organization.Id,
                Scopes = """["files.read","credentials.write"]""",
                CreatedAt = now,
            });
            await context.SaveChangesAsync();
            return id;
        });

        Assert.Equal(delegation, Text(await CheckAsync(alice, bob, "read", "/api/v1/files"), "delegationId"));
        Assert.False((await CheckAsync(alice, bob, "write", "/api/v1/credentials")).GetProperty("allowed").GetBoolean());
        await side.Server.QueryAsync(async context =>
        {
            foreach (var row in context.Authorizations.Where(row => row.Subject == user))
                row.Status = "revoked";
            return await context.SaveChangesAsync();
        });
        Assert.False((await CheckAsync(alice, bob, "read", "/api/v1/files")).GetProperty("allowed").GetBoolean());
    }

    [Fact]
    public async Task Asking_leaves_nothing_in_the_trail_and_an_inactive_agent_may_do_nothing()
    {
        var alice = await side.AgentAsync(Asking);
        Task<int> CountAsync() => side.Server.QueryAsync(context => Task.FromResult(context.AuditEvents.Count()));
        var before = await CountAsync();
        Assert.True((await CheckAsync(alice, alice, "read", "/api/v1/files")).GetProperty("allowed").GetBoolean());
        Assert.Equal(before, await CountAsync());

        await side.Organization.PostAsync($"/api/v1/agents/{alice.Id}/suspend");
        var answer = await side.Organization.PostAsync("/api/v1/policies/evaluate", Question(alice, "read", "/api/v1/files"));
        Assert.Equal((false, "agent_not_active"), (answer.GetProperty("allowed").GetBoolean(), Text(answer, "reasonCode")));
    }

    [Fact]
    public async Task An_agent_reads_how_policies_are_written_and_its_organizations_own_scopes()
    {
        await side.Organization.AskAsync(HttpMethod.Post, "/api/v1/scopes", new { name = "rockets:launch", description = "It flies." }, HttpStatusCode.Created);
        using var agent = (await side.AgentAsync("api.read")).Rest();
        using var nobody = side.As(null);

        (await agent.GetAsync("/policies/syntax")).Is(HttpStatusCode.OK);
        Assert.Contains("rockets:launch", (await agent.GetAsync("/scopes")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("rockets:launch", (await nobody.GetAsync("/scopes")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        var resolved = (await agent.PostAsync("/scopes/resolve", new { scopes = new[] { "rockets:*", "unknown:*" } })).Is(HttpStatusCode.OK).Json;
        Assert.Equal("""["rockets:launch"]["unknown:*"]""", resolved.GetProperty("scopes").GetRawText() + resolved.GetProperty("unknown").GetRawText());
    }

    private static object Question(KeyedAgent about, string action, string resource, JsonNode? context = null) =>
        new { agent_id = about.Id, action, resource, context };

    private static async Task<JsonElement> CheckAsync(KeyedAgent caller, KeyedAgent about, string action, string resource, JsonNode? context = null)
    {
        using var rest = caller.Rest();
        return (await rest.PostAsync("/policies/evaluate", Question(about, action, resource, context))).Is(HttpStatusCode.OK).Json;
    }

    private static JsonObject Bounds(string json) => new() { ["constraints"] = JsonNode.Parse(json) };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
