using System.Net;
using System.Text.Json.Nodes;
using AuthServer.Tests.Support;
using Xunit.Sdk;
using static AuthServer.Tests.Delegations.DelegationTreeOracle;

namespace AuthServer.Tests.Delegations;

public sealed class SqliteDelegationTrees : DelegationTreeProperties;

public sealed class PostgreSqlDelegationTrees() : DelegationTreeProperties(PostgreSqlCluster.SettingsAsync);

/// <summary>Random trees of delegations beside an oracle that knows only the rules. Each is made of its seed; one that fails is made as small as it still
/// fails, and shown with its seed.</summary>
public abstract class DelegationTreeProperties(Func<Task<(string Key, string Value)[]>>? database = null) : ChainTests(database)
{
    private const int Trees = 8;
    private const int Steps = 20;

    // Of an access token.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    // What each agent holds by itself: all, a name and a wildcard, two names, and nothing to pass on.
    private static readonly int[] Own = [0b0011000, 0b0010001, 0b0000101, 0, 0];

    private int _cutAbove;
    private int _endedAbove;
    private int _wildBelow;

    [Fact]
    public async Task Rights_are_those_of_the_live_chains_and_a_cut_or_an_end_takes_exactly_its_subtree()
    {
        for (var seed = 1; seed <= Trees; seed++)
        {
            var plan = Plan(new Random(seed));
            if (await FaultAsync(plan) is { } fault)
            {
                throw new XunitException($"The tree of seed {seed} fails: {await SmallestAsync(plan, fault)}");
            }
        }

        // The trees have what they are to show.
        Assert.True(_cutAbove > 0 && _endedAbove > 0 && _wildBelow > 0, $"Cut above: {_cutAbove}, ended above: {_endedAbove}, wildcards passed on: {_wildBelow}.");
    }

    private static Step[] Plan(Random random) =>
    [
        .. Enumerable.Range(0, Steps).Select(_ => new Step(
            (StepKind)(random.Next(8) switch { 0 => 1, 1 => 2, _ => 0 }), random.Next(4) > 0, random.Next(5), random.Next(5),
            random.Next(1, All + 1) | random.Next(1, All + 1), random.Next(-Steps / 2, Steps), random.Next(1, 5), random.Next(60))),
    ];

    /// <summary>Null: the plan goes as the oracle says.</summary>
    private async Task<Exception?> FaultAsync(Step[] plan)
    {
        try
        {
            await RunAsync(plan);
            return null;
        }
        catch (XunitException fault)
        {
            return fault;
        }
    }

    private async Task<string> SmallestAsync(Step[] plan, Exception fault)
    {
        for (var at = 0; at < plan.Length;)
        {
            Step[] smaller = [.. plan[..at], .. plan[(at + 1)..]];
            if (await FaultAsync(smaller) is { } still)
            {
                (plan, fault, at) = (smaller, still, 0);
            }
            else
            {
                at++;
            }
        }

        return $"{string.Join("\n", plan.Select(step => step.ToString()))}\n{fault.Message}";
    }

    private async Task RunAsync(Step[] plan)
    {
        List<KeyedAgent> agents = [];
        foreach (var own in Own)
        {
            agents.Add(await Side.AgentAsync(["delegations.write", "delegations.delete", .. Texts(own)]));
        }

        var oracle = new DelegationTreeOracle(Own);
        List<Issued> issued = [];
        foreach (var step in plan)
        {
            // What began earlier must be told from what began later.
            Side.Server.Clock.Advance(TimeSpan.FromSeconds(1));
            var named = step.Parent >= 0 && oracle.Nodes.Count > 0 ? oracle.Nodes[step.Parent % oracle.Nodes.Count] : null;
            switch (step.Kind)
            {
                case StepKind.Wait:
                    Side.Server.Clock.Advance(TimeSpan.FromMinutes(step.Minutes / 3));
                    break;
                case StepKind.Cut when named is not null:
                    named = step.Fits ? named.Parent ?? named : named;
                    using (var rest = agents[named.From].Rest())
                    {
                        (await rest.DeleteAsync("/delegations/" + named.Id)).Is(HttpStatusCode.OK);
                    }

                    named.IsCut = true;
                    break;
                case StepKind.Delegate when await DelegateAsync(agents, oracle, named, step) is { } token:
                    issued.Add(token);
                    continue;
                default:
                    continue;
            }

            await AssertTokensAsync(agents, issued);
        }

        Count(oracle.Nodes, Side.Server.Clock.Now);
        await AssertRightsAsync(agents, oracle);
        await AssertPermissionsAsync(agents, oracle);
    }

    /// <summary>Counts what a wrong server would get wrong: hops that only those above them end, and wildcards that are passed on.</summary>
    private void Count(List<Node> nodes, DateTimeOffset now)
    {
        _cutAbove += nodes.Count(node => !node.IsCut && node.Above.Any(above => above.IsCut));
        _endedAbove += nodes.Count(node => !(node.Ends <= now) && node.End <= now);
        _wildBelow += nodes.Count(node => node.Parent is not null && Texts(node.Mask).Any(text => text.EndsWith('*')));
    }

    /// <summary>Makes the hop if it may be, and gets the token of it that every later cut is held against.</summary>
    private async Task<Issued?> DelegateAsync(List<KeyedAgent> agents, DelegationTreeOracle oracle, Node? parent, Step step)
    {
        if (step.Fits)
        {
            step = parent is null ? step with { Mask = step.Mask & Own[step.From] } : step with { From = parent.To, Mask = step.Mask & parent.Mask };
        }

        // Without a parent that is named only own rights are meant here: what was received would be found too.
        if (Texts(step.Mask).Length == 0 || (parent is null && !Meant(step.Mask).IsSubsetOf(oracle.Own(step.From))))
        {
            return null;
        }

        var now = Side.Server.Clock.Now;
        DateTimeOffset? ends = step.Minutes % 3 == 0 ? null : now.AddMinutes(step.Minutes);
        var body = new JsonObject { ["max_chain_depth"] = step.Hops, ["delegation_id"] = parent?.Id, ["expires_at"] = ends };
        foreach (var left in body.Where(member => member.Value is null).Select(member => member.Key).ToList())
        {
            body.Remove(left);
        }

        var answer = await agents[step.From].DelegateAsync(agents[step.To], Texts(step.Mask), body);
        var allowed = oracle.Allows(parent, step.From, step.To, step.Mask, now);
        Assert.True(answer.Status == (allowed ? HttpStatusCode.Created : HttpStatusCode.Forbidden), $"{step}: {answer.Text}");
        if (!allowed)
        {
            return null;
        }

        var depth = parent is null ? 0 : parent.Depth + 1;
        var node = new Node(
            answer.Json.GetProperty("id").GetString()!, parent, step.From, step.To, step.Mask, depth, Math.Min(parent?.Deepest ?? 10, depth + step.Hops), ends);
        oracle.Nodes.Add(node);
        return await agents[step.To].ActAsync(node.Id) is { Status: HttpStatusCode.OK } acted
            ? new Issued(node, acted.Json.GetProperty("access_token").GetString()!, now + Lifetime)
            : null;
    }

    /// <summary>Of all tokens that were ever issued those live whose whole chain does, and no other.</summary>
    private async Task AssertTokensAsync(List<KeyedAgent> agents, List<Issued> issued)
    {
        var now = Side.Server.Clock.Now;
        foreach (var token in issued)
        {
            var alive = token.Of.IsLive(now) && now < token.Until;
            Assert.True(await Side.IsActiveAsync(agents[token.Of.To], token.Text) == alive, $"A token of {token.Of.Id} should be {(alive ? "alive" : "dead")}.");
        }
    }

    /// <summary>A new token says what all hops have in common: never more than any of those above gives.</summary>
    private async Task AssertRightsAsync(List<KeyedAgent> agents, DelegationTreeOracle oracle)
    {
        var now = Side.Server.Clock.Now;
        foreach (var node in oracle.Nodes)
        {
            var answer = await agents[node.To].ActAsync(node.Id);
            string[] given = answer.Status == HttpStatusCode.OK ? answer.Json.GetProperty("scope").GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
            Assert.Equal(oracle.Told(node, now), given.Order(StringComparer.Ordinal));
            Assert.All(node.Above, above => Assert.Subset(Meant(above.Mask), given.ToHashSet()));
            Assert.Subset(oracle.Own(node.Above.LastOrDefault(node).From), given.ToHashSet());
        }
    }

    /// <summary>What each is told that it may do is what it may do itself, and what its live chains give: no more, no less.</summary>
    private async Task AssertPermissionsAsync(List<KeyedAgent> agents, DelegationTreeOracle oracle)
    {
        var now = Side.Server.Clock.Now;
        foreach (var (place, agent) in agents.Index())
        {
            foreach (var scope in Named)
            {
                // Of those that give it the least deep, then the oldest: nodes are in the order in which they began.
                var holds = oracle.Own(place).Contains(scope);
                var giving = holds ? null : oracle.Nodes.Where(node => node.To == place && oracle.Told(node, now).Contains(scope)).MinBy(node => node.Depth);
                var answer = await Side.Organization.PostAsync(
                    "/api/v1/policies/evaluate", new { agent_id = agent.Id, action = scope.Split('.')[1], resource = "/api/v1/" + scope.Split('.')[0] });
                Assert.True(answer.GetProperty("allowed").GetBoolean() == (holds || giving is not null), $"{scope} of {place}: {answer}");
                Assert.Equal(giving?.Id, answer.TryGetProperty("delegationId", out var id) ? id.GetString() : null);
            }
        }
    }

    private enum StepKind
    {
        Delegate,
        Cut,
        Wait,
    }

    /// <param name="Fits">Whoever received the parent gives some of it, as it may be, or what stands above it is cut; else anybody gives, or cuts, anything.</param>
    private sealed record Step(StepKind Kind, bool Fits, int From, int To, int Mask, int Parent, int Hops, int Minutes);

    private sealed record Issued(Node Of, string Text, DateTimeOffset Until);
}
