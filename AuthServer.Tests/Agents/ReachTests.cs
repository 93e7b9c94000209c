using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Agents;

/// <summary>Which agents an agent sees: itself, its tree, and those it shares a live delegation with.</summary>
public sealed class ReachTests(ChainSide side) : IClassFixture<ChainSide>
{
    [Fact]
    public async Task An_agent_sees_itself_its_tree_and_its_peers_and_nobody_else()
    {
        var (me, peer, stranger) = (await side.AgentAsync(), await side.AgentAsync(), await side.AgentAsync());
        var child = await ChildAsync(me.Id);
        var grandchild = await ChildAsync(child);
        using var rest = me.Rest();
        Assert.Equal(new[] { me.Id, child, grandchild }.Order(StringComparer.Ordinal), await KnownAsync(rest));

        var delegation = await me.DelegatedAsync(peer, ["api.read"]);
        Assert.Equal(new[] { me.Id, peer.Id, child, grandchild }.Order(StringComparer.Ordinal), await KnownAsync(rest));
        using var peers = peer.Rest();
        Assert.Equal(new[] { me.Id, peer.Id }.Order(StringComparer.Ordinal), await KnownAsync(peers));
        (await rest.GetAsync("/agents/" + peer.Id)).Is(HttpStatusCode.OK);
        (await rest.GetAsync($"/agents/{peer.Id}/children")).Is(HttpStatusCode.Forbidden, "not_yours");
        (await rest.GetAsync("/agents/" + stranger.Id)).Is(HttpStatusCode.NotFound);
        (await rest.GetAsync($"/agents/{child}/children")).Is(HttpStatusCode.OK);

        (await rest.DeleteAsync("/delegations/" + delegation)).Is(HttpStatusCode.OK);
        (await rest.GetAsync("/agents/" + peer.Id)).Is(HttpStatusCode.NotFound);
        Assert.Equal(new[] { me.Id, child, grandchild }.Order(StringComparer.Ordinal), await KnownAsync(rest));
    }

    [Fact]
    public async Task Of_a_peer_of_another_organization_it_sees_what_it_is_and_nothing_of_whose()
    {
        string[] shown = ["agentType", "clientId", "description", "id", "name", "status", "trustLevel", "type"];
        var (me, mine) = (await side.AgentAsync(), await side.AgentAsync());
        var stranger = await side.AgentAsync(await OrganizationSide.CreateAsync(side.Server));
        await me.DelegatedAsync(stranger, ["api.read"]);
        await me.DelegatedAsync(mine, ["api.read"]);
        using var rest = me.Rest();

        var found = (await rest.GetAsync("/agents/" + stranger.Id)).Is(HttpStatusCode.OK);
        Assert.Equal(shown, Names(found.Json));
        var listed = (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().ToDictionary(agent => agent.GetProperty("id").GetString()!);
        Assert.Equal(shown, Names(listed[stranger.Id]));
        Assert.Superset(new HashSet<string> { "organizationId", "ownerId", "metadata", "redirectUris", "allowedScopes", "version" }, Names(listed[mine.Id]).ToHashSet());
        (await rest.GetAsync($"/agents/{stranger.Id}/credential")).Is(HttpStatusCode.Forbidden, "not_yours");
        (await rest.GetAsync($"/agents/{mine.Id}/credential")).Is(HttpStatusCode.OK);

        using var theirs = stranger.Rest();
        Assert.Equal(shown, Names((await theirs.GetAsync("/agents/" + me.Id)).Is(HttpStatusCode.OK).Json));
        (await theirs.GetAsync($"/agents/{me.Id}/credential")).Is(HttpStatusCode.Forbidden, "not_yours");
    }

    [Fact]
    public async Task Tools_say_no_more_of_a_peer_of_another_organization()
    {
        var me = await side.AgentAsync();
        var stranger = await side.AgentAsync(await OrganizationSide.CreateAsync(side.Server));
        await me.DelegatedAsync(stranger, ["api.read"]);
        var calls = new McpCalls(side.Server);
        calls = calls with { Bearer = (await calls.CallAsync("authenticate", new { api_key = me.Key })).Blocks[0] };

        var listed = (await calls.ResultAsync("list_agents")).GetProperty("data").EnumerateArray().Single(agent => agent.GetProperty("id").GetString() == stranger.Id);
        foreach (var agent in new[] { await calls.ResultAsync("get_agent", new { agent_id = stranger.Id }), listed })
        {
            Assert.Equal(
                ["agent_type", "client_id", "description", "id", "is_active", "name", "status", "trust_level"],
                agent.EnumerateObject().Where(member => member.Value.ValueKind != JsonValueKind.Null).Select(member => member.Name).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Keys_of_what_one_made_are_ones_own_to_make()
    {
        var me = await side.AgentAsync();
        var child = await ChildAsync(me.Id);
        using var rest = me.Rest();

        (await rest.PostAsync("/credentials", new { agent_id = child })).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Reading_needs_the_scope()
    {
        var me = await side.AgentAsync();
        using var rest = side.As(await me.TokenAsync("api.read"));

        (await rest.GetAsync("/agents/" + me.Id)).Is(HttpStatusCode.Forbidden, "insufficient_scope");
    }

    private async Task<string> ChildAsync(string parent)
    {
        var child = await side.Organization.RegisterAsync(OrganizationSide.Agent(("parentAgentId", parent), ("allowedScopes", new JsonArray("api.read"))));
        return child.GetProperty("id").GetString()!;
    }

    private static IEnumerable<string> Names(JsonElement agent) => agent.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal);

    private static async Task<string[]> KnownAsync(Rest rest) =>
        [.. (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(agent => agent.GetProperty("id").GetString()!).Order(StringComparer.Ordinal)];
}
