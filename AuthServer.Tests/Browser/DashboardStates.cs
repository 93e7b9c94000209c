using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>What acts for a person, and what it did.</summary>
internal static class DashboardStates
{
    public static PageState[] All { get; } =
    [
        new("dashboard-empty", "/dashboard", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync("/dashboard");
        }),
        new("dashboard", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard");
        }),
        new("dashboard-stopped", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard");
            await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Stop it" }).First.ClickAsync();
        }),
        new("dashboard-not-stopped", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard?stopped=none");
        }),
        new("dashboard-revoked", "/dashboard", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            foreach (var end in new[] { "revoke", "suspend" })
            {
                var agent = await visit.Site.AgentAsync(end == "revoke" ? PageStates.Long : "Filer");
                await visit.GoAsync(await agent.AskAsync(["profile:read", "email:send"]));
                await visit.PressAsync("Allow");
                await visit.AnswerAsync();
                (await agent.Key.PostAsync($"/agents/{agent.Id}/{end}")).Is(System.Net.HttpStatusCode.OK);
            }

            await visit.GoAsync("/dashboard");
        }),
        new("dashboard-stop-all", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard?stop=all");
        }),
        new("dashboard-stopped-all", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard?stop=all");
            await visit.PressAsync("Stop everything");
        }),
        new("dashboard-asked", "/dashboard", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/account");
            var person = await visit.Page.Locator("dd code").First.TextContentAsync();
            await (await visit.Site.AgentAsync(PageStates.Long)).AskPersonAsync(person!, ["profile:read", "files:delete"]);
            await visit.GoAsync("/dashboard");
        }),
        new("activity", "/dashboard/activity", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard/activity");
        }),
        new("activity-of-agent", "/dashboard/activity", async visit =>
        {
            await AllowTwoAsync(visit);
            await visit.GoAsync("/dashboard");
            await visit.Page.GetByRole(AriaRole.Link, new() { Name = "What it did" }).First.ClickAsync();
        }),
        new("activity-empty", "/dashboard/activity", async visit =>
        {
            await PageStates.RegisterAsync(visit);
            await visit.GoAsync("/dashboard/activity?agent=" + (await visit.Site.AgentAsync()).Id);
        }),
        new("dashboard-owner", "/dashboard", async visit =>
        {
            await ConsentStates.ClaimAsync(visit, "my-pipeline");
            await visit.PressAsync("Yes, I answer for it");
            await visit.GoAsync("/dashboard");
        }),
    ];

    /// <summary>An agent that has acted and was refused once, and one that has done nothing.</summary>
    private static async Task AllowTwoAsync(Visit visit)
    {
        await ConsentStates.DecideAsync(visit, "Filer", ["profile:read", "files:delete"]);
        await visit.PressAsync("Allow");
        await visit.AnswerAsync();
        var agent = await visit.Site.AgentAsync();
        await visit.GoAsync(await agent.AskAsync(["email:read", "email:send"]));
        await visit.PressAsync("Allow");
        var tokens = await agent.ExchangeAsync((await visit.AnswerAsync()).Url);
        await agent.MayAsync(tokens, "email:send");
        await agent.MayAsync(tokens, "files:delete");
    }
}
