using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A person in a real browser decides about an agent, and stops it.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class AgentConsentTests(Chromium chromium)
{
    private static readonly string[] Mail = ["email:read", "email:send"];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Approves_and_later_stops_it_from_the_dashboard(bool scripts)
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open, scripts);
        var agent = await visit.Site.AgentAsync("Stoppable");
        await OpenAsync(visit, await agent.AskAsync(Mail));
        await visit.PressAsync("Allow");
        var tokens = await agent.ExchangeAsync((await visit.AnswerAsync()).Url);
        Assert.True(await agent.MayAsync(tokens, "email:send"));

        await visit.GoAsync("/dashboard");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "Stoppable" })).ToBeVisibleAsync();
        await visit.PressAsync("Stop it");
        await Assertions.Expect(visit.Page.GetByText("It is stopped")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByText("Nothing acts for you", new() { Exact = true })).ToBeVisibleAsync();
        Assert.False(await agent.MayAsync(tokens, "email:send"));
    }

    [Fact]
    public async Task Allows_a_part()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        var agent = await visit.Site.AgentAsync();
        await OpenAsync(visit, await agent.AskAsync(Mail));
        await visit.Page.Locator("input[value='email:send']").UncheckAsync();
        await visit.PressAsync("Allow");
        var tokens = await agent.ExchangeAsync((await visit.AnswerAsync()).Url);
        Assert.True(await agent.MayAsync(tokens, "email:read"));
        Assert.False(await agent.MayAsync(tokens, "email:send"));
    }

    [Fact]
    public async Task Denies()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await OpenAsync(visit, await (await visit.Site.AgentAsync()).AskAsync(Mail));
        await visit.PressAsync("Deny");
        var (_, url, _) = await visit.AnswerAsync();
        Assert.StartsWith("https://yourapp.example/callback?error=access_denied", url, StringComparison.Ordinal);
        Assert.Contains("&state=xyz", url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comes_too_late()
    {
        await using var visit = await Visit.BeginAsync(chromium, chromium.Open);
        await OpenAsync(visit, await (await visit.Site.AgentAsync()).AskAsync(Mail));
        visit.Site.Clock.Advance(TimeSpan.FromMinutes(61));
        await visit.PressAsync("Allow");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Name = "This request has expired" })).ToBeVisibleAsync();
        Assert.Empty(visit.Answers);
    }

    /// <summary>Somebody new signs up on the way to the page where they decide.</summary>
    private static async Task OpenAsync(Visit visit, string link)
    {
        await visit.GoAsync(link);
        await visit.FollowAsync("Create an account");
        await visit.Page.GetByLabel("E-mail address").FillAsync($"{Guid.NewGuid():n}@example.com");
        await visit.Page.GetByLabel("Password").FillAsync("another good passphrase here");
        await visit.PressAsync("Create account");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Button, new() { Name = "Allow" })).ToBeVisibleAsync();
    }
}
