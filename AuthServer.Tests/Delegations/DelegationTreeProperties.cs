using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using FsCheck.Fluent;

namespace AuthServer.Tests.Delegations;

/// <summary>Random trees of delegations beside an oracle that knows only the rules: who holds what, who may pass it on, and what a cut takes.</summary>
public sealed class DelegationTreeProperties(ChainSide side) : IClassFixture<ChainSide>
{
    private static readonly string[] Scopes = ["api.read", "api.write", "files.read"];

    [Fact]
    public async Task Rights_are_those_of_the_live_chains_and_a_cut_takes_exactly_its_subtree()
    {
        var steps = Gen.Choose(0, 4).SelectMany(from => Gen.Choose(0, 4).SelectMany(to => Gen.Choose(1, 7).SelectMany(mask => Gen.Choose(-1, 11).SelectMany(
            parent => Gen.Choose(0, 3).SelectMany(hops => Gen.Choose(0, 5).Select(kind => new Step(kind == 0, from, to, mask, parent, hops)))))));
        foreach (var plan in Gen.Sample(steps.ArrayOf(14), 12, 15))
        {
            // What each holds by itself: everything, two, one, and nothing to pass on.
            await RunAsync([await AgentAsync(7), await AgentAsync(3), await AgentAsync(4), await AgentAsync(0), await AgentAsync(0)], plan);
        }
    }

    private async Task<(KeyedAgent Agent, int Own)> AgentAsync(int own) =>
        (await side.AgentAsync(["delegations.write", "delegations.delete", .. Names(own)]), own);

    private async Task RunAsync((KeyedAgent Agent, int Own)[] agents, Step[] plan)
    {
        List<Node> nodes = [];
        foreach (var step in plan)
        {
            // What began earlier must be told from what began later.
            side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
            var parent = step.Parent >= 0 && nodes.Count > 0 ? nodes[step.Parent % nodes.Count] : null;
            if (step.Cut && parent is not null)
            {
                using var rest = agents[parent.From].Agent.Rest();
                (await rest.DeleteAsync("/delegations/" + parent.Id)).Is(HttpStatusCode.OK);
                parent.IsCut = true;
                continue;
            }

            var body = new JsonObject { ["max_chain_depth"] = step.Hops };
            if (parent is not null)
            {
                body["delegation_id"] = parent.Id;
            }

            // Without a parent that is named only own rights are meant here: what was received would be found too.
            var own = agents[step.From].Own;
            if (parent is null && (step.Mask & ~own) != 0)
            {
                continue;
            }

            var answer = await agents[step.From].Agent.DelegateAsync(agents[step.To].Agent, Names(step.Mask), body);
            var allowed = parent is null
                ? step.From != step.To
                : parent.To == step.From && parent.IsLive && (step.Mask & ~parent.Gives(agents)) == 0 && parent.Depth < parent.Deepest && !parent.Path.Contains(step.To);
            Assert.True(answer.Status == (allowed ? HttpStatusCode.Created : HttpStatusCode.Forbidden), $"{step}: {answer.Text}");
            if (allowed)
            {
                var depth = parent is null ? 0 : parent.Depth + 1;
                nodes.Add(new Node(
                    answer.Json.GetProperty("id").GetString()!, parent, step.From, step.To, step.Mask, depth, Math.Min(parent?.Deepest ?? 10, depth + step.Hops)));
            }
        }

        foreach (var node in nodes)
        {
            var answer = await agents[node.To].Agent.ActAsync(node.Id);
            var given = answer.Status == HttpStatusCode.OK ? answer.Json.GetProperty("scope").GetString()! : "";
            Assert.Equal(node.IsLive ? Names(node.Gives(agents)).Order(StringComparer.Ordinal) : [], given.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        }

        await AssertPermissionsAsync(agents, nodes);
    }

    /// <summary>What each is told that it may do is what it may do itself, and what its live chains give: no more, no less.</summary>
    private async Task AssertPermissionsAsync((KeyedAgent Agent, int Own)[] agents, List<Node> nodes)
    {
        foreach (var (place, (agent, own)) in agents.Index())
        {
            foreach (var (bit, scope) in Scopes.Index())
            {
                // Of those that give it the least deep, then the oldest: nodes are in the order in which they began.
                var giving = (own & (1 << bit)) != 0 ? null
                    : nodes.Where(node => node.To == place && node.IsLive && (node.Gives(agents) & (1 << bit)) != 0).MinBy(node => node.Depth);
                var answer = await side.Organization.PostAsync(
                    "/api/v1/policies/evaluate", new { agent_id = agent.Id, action = scope.Split('.')[1], resource = "/api/v1/" + scope.Split('.')[0] });
                Assert.True(answer.GetProperty("allowed").GetBoolean() == ((own & (1 << bit)) != 0 || giving is not null), $"{scope} of {place}: {answer}");
                Assert.Equal(giving?.Id, answer.TryGetProperty("delegationId", out var id) ? id.GetString() : null);
            }
        }
    }

    private static string[] Names(int mask) => [.. Scopes.Where((_, i) => (mask & (1 << i)) != 0)];

    private sealed record Step(bool Cut, int From, int To, int Mask, int Parent, int Hops);

    private sealed record Node(string Id, Node? Parent, int From, int To, int Mask, int Depth, int Deepest)
    {
        public bool IsCut { get; set; }

        public bool IsLive => !IsCut && Parent?.IsLive != false;

        /// <summary>Everybody in the chain to here.</summary>
        public IEnumerable<int> Path => Parent is null ? [From, To] : [.. Parent.Path, To];

        public int Gives((KeyedAgent Agent, int Own)[] agents) => Mask & (Parent?.Gives(agents) ?? agents[From].Own);
    }
}
