using AuthServer.Tests.Support;

namespace AuthServer.Tests.Browser;

/// <summary>The pages of delegations: an organization's, a person's, one hop, and a token's chain.</summary>
internal static class DelegationStates
{
    private static readonly object[] Bounds =
    [
        new { key = "amount", max = 100 }, new { key = "amount", budget = new { max = 150, currency = "EUR", window_seconds = 86400 } }, new { key = "country", one_of = new[] { "DE", "FR" } },
    ];

    public static PageState[] All { get; } = [.. Organization(), .. OneHop(), .. Person(), .. Chain()];

    private static PageState[] Organization() =>
    [
        new("delegations", "/developer/delegations", TreeAsync),
        new("delegations-of-agent", "/developer/delegations", async visit =>
        {
            var (_, leaf) = await TreeAsync(visit);
            await visit.GoAsync("/developer/delegations?agent=" + leaf.Id);
        }),
        new("delegations-long", "/developer/delegations", async visit =>
        {
            var (forest, owner) = await visit.Site.ForestAsync(PageStates.Long);
            var agents = new List<ForestAgent>();
            for (var i = 0; i < 5; i++)
            {
                agents.Add(await forest.AgentAsync($"{i} {PageStates.Long}"));
            }

            string? above = null;
            for (var i = 0; i < 4; i++)
            {
                above = await forest.DelegateAsync(agents[i], agents[i + 1], above);
            }

            await OpenAsync(visit, owner);
        }),
        new("delegations-many", "/developer/delegations", async visit =>
        {
            var (forest, owner) = await visit.Site.ForestAsync();
            var (planner, workers) = (await forest.AgentAsync("planner"), new List<ForestAgent>());
            for (var i = 0; i < 4; i++)
            {
                workers.Add(await forest.AgentAsync($"worker {i}"));
            }

            foreach (var (first, i) in workers.Select((worker, i) => (worker, i)).ToList())
            {
                var begun = await forest.DelegateAsync(planner, first);
                for (var j = 0; j < 55; j++)
                {
                    await forest.DelegateAsync(first, workers[(i + 1 + (j % 3)) % 4], begun);
                }
            }

            await OpenAsync(visit, owner);
        }),
        new("delegations-empty", "/developer/delegations", async visit =>
        {
            var (_, owner) = await visit.Site.ForestAsync();
            await OpenAsync(visit, owner);
        }),
        new("delegations-no-organization", "/developer/delegations", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync("/developer/delegations");
        }),
        new("delegations-choose", "/developer/delegations", async visit =>
        {
            var (_, owner) = await visit.Site.ForestAsync();
            await OpenAsync(visit, owner);
            await visit.GoAsync(await visit.Site.JoinLinkAsync(Site.LongName, owner));
            await visit.PressAsync("Join");
            await visit.GoAsync("/developer/delegations");
        }),
    ];

    private static PageState[] OneHop() =>
    [
        new("delegation", "/delegation", async visit => await HopAsync(visit, "")),
        new("delegation-revoke", "/delegation", async visit => await HopAsync(visit, "&revoke=ask")),
        new("delegation-revoked", "/delegation", async visit =>
        {
            await HopAsync(visit, "&revoke=ask");
            await visit.PressAsync("Revoke it");
        }),
    ];

    private static PageState[] Person() =>
    [
        new("delegations-of-person", "/dashboard/delegations", async visit =>
        {
            await PassedOnAsync(visit);
            await visit.GoAsync("/dashboard/delegations");
        }),
        new("delegations-of-person-empty", "/dashboard/delegations", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync("/dashboard/delegations");
        }),
        new("dashboard-through-another", "/dashboard", async visit =>
        {
            await PassedOnAsync(visit);
            await visit.GoAsync("/dashboard");
        }),
    ];

    private static PageState[] Chain() =>
    [
        new("chain", "/chain", visit => visit.GoAsync("/chain")),
        new("chain-none-of-ours", "/chain", visit => PasteAsync(visit, "nonsense")),
        new("chain-good", "/chain", async visit =>
        {
            var (forest, last, agent) = await PairAsync(visit);
            await PasteAsync(visit, await forest.ActedAsync(agent, last));
        }),
        new("chain-dead", "/chain", async visit =>
        {
            var (forest, last, agent) = await PairAsync(visit);
            var token = await forest.ActedAsync(agent, last);
            await forest.RevokeAsync(last);
            await PasteAsync(visit, token);
        }),
    ];

    /// <summary>Live and dead hops of every kind, as the organization's owner sees them.</summary>
    private static async Task<(string Root, ForestAgent Leaf)> TreeAsync(Visit visit)
    {
        var (forest, owner) = await visit.Site.ForestAsync();
        var agents = new Dictionary<string, ForestAgent>();
        foreach (var name in new[] { "Trip planner", "Flight finder", "Hotel finder", "Card payments", "Invoice reader", "Night watch", "Mail sender" })
        {
            agents[name] = await forest.AgentAsync(name);
        }

        var root = await forest.DelegateAsync(agents["Trip planner"], agents["Flight finder"], constraints: Bounds, hours: 48);
        await forest.DelegateAsync(agents["Flight finder"], agents["Card payments"], root, new object[] { new { key = "amount", max = 50 } });
        await forest.DelegateAsync(agents["Flight finder"], agents["Invoice reader"], root, hours: 24);
        var hotels = await forest.DelegateAsync(agents["Trip planner"], agents["Hotel finder"]);
        await forest.DelegateAsync(agents["Hotel finder"], agents["Mail sender"], hotels);
        var cut = await forest.DelegateAsync(agents["Hotel finder"], agents["Card payments"], hotels);
        await forest.RevokeAsync(cut);
        var watch = await forest.DelegateAsync(agents["Mail sender"], agents["Night watch"], scope: "email:send");
        await forest.DelegateAsync(agents["Night watch"], agents["Invoice reader"], watch, scope: "email:send");
        await forest.SuspendAsync(agents["Night watch"]);
        await OpenAsync(visit, owner);
        return (root, agents["Card payments"]);
    }

    private static async Task HopAsync(Visit visit, string more)
    {
        var (root, _) = await TreeAsync(visit);
        await visit.GoAsync($"/delegation?id={root}{more}");
    }

    private static async Task OpenAsync(Visit visit, string owner)
    {
        await visit.SignInAsync(owner, Rest.Password);
        await visit.GoAsync("/developer/delegations");
    }

    /// <summary>Somebody new, whose agent passed on what they allowed, twice.</summary>
    private static async Task PassedOnAsync(Visit visit)
    {
        await PageStates.RegisterAsync(visit);
        var (forest, _) = await visit.Site.ForestAsync();
        var (planner, worker, tool) = (await forest.AgentAsync("Trip planner"), await forest.AgentAsync("Flight finder"), await forest.AgentAsync("Card payments"));
        await visit.GoAsync(await forest.AskAsync(planner, "email:read", "email:send", "delegations.write"));
        await visit.PressAsync("Allow");
        var token = await forest.TokenAsync(planner, Flows.Query(new Uri((await visit.AnswerAsync()).Url))["code"]);
        await forest.PassOnAsync(token, worker, "email:read", "delegations.write");
        await forest.PassOnAsync(await forest.ExchangedAsync(worker, token), tool);
        await forest.RevokeAsync(await forest.PassOnAsync(token, tool, "email:send"));
    }

    private static async Task<(DelegationForest Forest, string Last, ForestAgent Agent)> PairAsync(Visit visit)
    {
        var (forest, _) = await visit.Site.ForestAsync();
        var (planner, worker, tool) = (await forest.AgentAsync("Trip planner"), await forest.AgentAsync("Flight finder"), await forest.AgentAsync("Card payments"));
        var first = await forest.DelegateAsync(planner, worker, constraints: Bounds, hours: 48);
        return (forest, await forest.DelegateAsync(worker, tool, first), tool);
    }

    private static async Task PasteAsync(Visit visit, string token)
    {
        await visit.GoAsync("/chain");
        await visit.Page.GetByLabel("Access token").FillAsync(token);
        await visit.PressAsync("Show its chain");
    }
}
