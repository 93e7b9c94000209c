using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A person finds out what acts for them, and stops it.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class StoppingTests(Chromium chromium)
{
    [Theory]
    [ClassData(typeof(Screens))]
    public async Task Stops_one_agent_and_then_everything(int width, ColorScheme scheme)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await Screens.SetAsync(visit.Page, width, scheme);
        await PageStates.RegisterAsync(visit);
        var (first, one) = await AllowAsync(visit, "Stoppable", "email:read");
        var (second, two) = await AllowAsync(visit, "Filer", "files:delete");
        await visit.GoAsync("/dashboard");
        var grant = visit.Page.GetByRole(AriaRole.Listitem).Filter(new() { Has = visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Stoppable" }) });
        await grant.GetByRole(AriaRole.Button, new() { Name = "Stop it" }).ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("It is stopped")).ToBeVisibleAsync();
        Assert.False(await first.MayAsync(one, "email:read"));
        Assert.True(await second.MayAsync(two, "files:delete"));

        await visit.FollowAsync("Stop everything…");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Stop everything?" })).ToBeVisibleAsync();
        await visit.PressAsync("Stop everything");
        await Assertions.Expect(visit.Page.GetByText("Everything is stopped")).ToBeVisibleAsync();
        Assert.False(await second.MayAsync(two, "files:delete"));
        await Screens.AssertFitsAsync(visit.Page);
    }

    [Fact]
    public async Task Everything_is_stopped_with_the_keyboard_alone()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await PageStates.RegisterAsync(visit);
        var (agent, tokens) = await AllowAsync(visit, "Stoppable", "email:read");
        await visit.GoAsync("/dashboard");
        await visit.Page.PressByKeyAsync("Stop everything…");
        await visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Stop everything?" }).WaitForAsync();
        await visit.Page.PressByKeyAsync("Stop everything");
        await Assertions.Expect(visit.Page.GetByText("Everything is stopped")).ToBeVisibleAsync();
        Assert.False(await agent.MayAsync(tokens, "email:read"));
    }

    private static async Task<(SiteAgent Agent, System.Text.Json.JsonElement Tokens)> AllowAsync(Visit visit, string name, string scope)
    {
        var agent = await visit.Site.AgentAsync(name);
        await visit.GoAsync(await agent.AskAsync([scope]));
        await visit.PressAsync("Allow");
        return (agent, await agent.ExchangeAsync((await visit.AnswerAsync()).Url));
    }
}
