using System.Net;
using System.Text.Json;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Policies;

/// <summary>What an agent may read of its organization's policies: those that can bind it or what it made.</summary>
public sealed class AgentPoliciesTests(ChainSide side) : IClassFixture<ChainSide>
{
    private static readonly string[] Rights = ["policies.read", "agents.read", "agents.write", "delegations.write", "api.read"];

    [Fact]
    public async Task An_agent_reads_what_can_bind_it_or_what_it_made_and_nothing_else()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var (me, other) = (await side.AgentAsync(acme, Rights), await side.AgentAsync(acme, Rights));
        using var rest = me.Rest();
        var child = Text((await rest.PostAsync("/agents", new { name = $"child {Guid.NewGuid():N}", agent_type = "tool", allowed_scopes = new[] { "api.read" } })).Is(HttpStatusCode.Created).Json, "id");

        var seen = new[]
        {
            await CreateAsync(acme, new { name = "All" }),
            await CreateAsync(acme, new { name = "Me", agentId = me.Id }),
            await CreateAsync(acme, new { name = "Child", subjects = new { agentIds = new[] { child } } }),
            await CreateAsync(acme, new { name = "Tools", subjects = new { agentTypes = new[] { "tool" } } }),
            await CreateAsync(acme, new { name = "Roots", subjects = new { trustLevels = new[] { "root" } } }),
        };
        var unseen = new[]
        {
            await CreateAsync(acme, new { name = "Other", agentId = other.Id }),
            await CreateAsync(acme, new { name = "Orchestrators", subjects = new { agentTypes = new[] { "orchestrator" } } }),
            await CreateAsync(acme, new { name = "Tools that are roots", subjects = new { agentTypes = new[] { "tool" }, trustLevels = new[] { "root" } } }),
            await CreateAsync(acme, new { name = "Off", enabled = false }),
            await CreateAsync(await OrganizationSide.CreateAsync(side.Server), new { name = "Of others" }),
        };

        var list = (await rest.GetAsync("/policies?limit=200")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(seen.Order(StringComparer.Ordinal), Ids(list).Order(StringComparer.Ordinal));
        Assert.Equal(seen.Length, list.GetProperty("meta").GetProperty("total").GetInt32());
        foreach (var id in seen)
        {
            (await rest.GetAsync("/policies/" + id)).Is(HttpStatusCode.OK);
        }

        foreach (var id in unseen)
        {
            (await rest.GetAsync("/policies/" + id)).Is(HttpStatusCode.NotFound, "not_found");
        }

        Assert.Equal([seen[2], seen[3], seen[0]], Ids((await rest.GetAsync("/policies?agent_id=" + child)).Is(HttpStatusCode.OK).Json).OrderBy(id => Array.IndexOf([seen[2], seen[3], seen[0]], id)));
        Assert.Empty(Ids((await rest.GetAsync("/policies?agent_id=" + other.Id)).Is(HttpStatusCode.OK).Json));
        Assert.Equal(2, Ids((await rest.GetAsync("/policies?limit=2&offset=1")).Is(HttpStatusCode.OK).Json).Length);
    }

    [Fact]
    public async Task It_learns_nothing_of_people_and_of_agents_those_that_it_knows()
    {
        var acme = await OrganizationSide.CreateAsync(side.Server);
        var (me, peer, other) = (await side.AgentAsync(acme, Rights), await side.AgentAsync(acme, Rights), await side.AgentAsync(acme, Rights));
        await me.DelegatedAsync(peer, ["api.read"]);
        var id = await CreateAsync(acme, new { name = "Several", subjects = new { agentIds = new[] { me.Id, peer.Id, other.Id }, userIds = new[] { acme.UserId } } });

        using var rest = me.Rest();
        var answer = (await rest.GetAsync("/policies/" + id)).Is(HttpStatusCode.OK);
        var subjects = answer.Json.GetProperty("subjects");
        Assert.Equal([me.Id, peer.Id], subjects.GetProperty("agentIds").EnumerateArray().Select(agent => agent.GetString()));
        Assert.Equal((0, false), (subjects.GetProperty("userIds").GetArrayLength(), subjects.GetProperty("wildcard").GetBoolean()));
        Assert.DoesNotContain(other.Id, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(acme.UserId, answer.Text, StringComparison.Ordinal);
        Assert.Equal(3, (await acme.GetAsync("/api/v1/policies/" + id)).GetProperty("subjects").GetProperty("agentIds").GetArrayLength());
    }

    [Fact]
    public async Task It_writes_none()
    {
        var me = await side.AgentAsync("policies.read", "policies.write", "policies.delete", "admin.full");
        var id = await CreateAsync(side.Organization, new { name = "Me", agentId = me.Id });
        foreach (var credential in new[] { me.Key, await me.TokenAsync() })
        {
            using var rest = side.As(credential);
            (await rest.PostAsync("/policies", new { name = "Mine", agentId = me.Id })).Is(HttpStatusCode.Forbidden, "members_only");
            (await rest.PatchAsync("/policies/" + id, new { enabled = false })).Is(HttpStatusCode.Forbidden, "members_only");
            (await rest.SendAsync(HttpMethod.Put, "/policies/" + id, new { name = "Mine" })).Is(HttpStatusCode.Forbidden, "members_only");
            (await rest.DeleteAsync("/policies/" + id)).Is(HttpStatusCode.Forbidden, "members_only");
            (await rest.PostAsync("/policies/simulate", new { policy = new { name = "What if" } })).Is(HttpStatusCode.Forbidden, "members_only");
            Assert.True((await rest.GetAsync("/policies/" + id)).Is(HttpStatusCode.OK).Json.GetProperty("enabled").GetBoolean());
        }
    }

    private static async Task<string> CreateAsync(OrganizationSide organization, object policy) =>
        Text(await organization.AskAsync(HttpMethod.Post, "/api/v1/policies", policy, HttpStatusCode.Created), "id");

    private static string[] Ids(JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(policy => Text(policy, "id"))];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
