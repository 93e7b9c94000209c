using System.Net;
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

    private static async Task<string[]> KnownAsync(Rest rest) =>
        [.. (await rest.GetAsync("/agents")).Is(HttpStatusCode.OK).Json.GetProperty("data").EnumerateArray().Select(agent => agent.GetProperty("id").GetString()!).Order(StringComparer.Ordinal)];
}
