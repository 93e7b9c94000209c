using System.Net;
using AuthServer.Tests.Support;
using Microsoft.Playwright;

namespace AuthServer.Tests.Browser;

/// <summary>A page that follows what happens, in a real browser.</summary>
[Collection(ChromiumGroup.Name)]
public sealed class LivePageTests(Chromium chromium)
{
    [Fact]
    public async Task New_events_appear_on_the_trail_without_a_reload()
    {
        var site = chromium.Open;
        var (key, _, owner) = await site.OrganizationAsync();
        await using var visit = await Visit.BeginAsync(chromium, site);
        await visit.SignInAsync(owner, Rest.Password);
        var listening = visit.Page.WaitForResponseAsync(response => response.Url.Contains("/live?", StringComparison.Ordinal));
        await visit.GoAsync("/developer/trail");
        await visit.Page.EvaluateAsync("document.body.dataset.same = 'yes'");
        await listening;
        var events = visit.Page.GetByRole(AriaRole.Link, new() { Name = "Policy: created" });
        await Assertions.Expect(events).ToHaveCountAsync(0);
        await MakeAsync("First");
        await Assertions.Expect(events).ToHaveCountAsync(1);

        // Who scrolls the table with the keyboard sees it too, and stays there; who has a link of it sees it once they have left it. Here the page is read again because somebody came back to it.
        await visit.Page.Locator("[data-live] .table-frame").FocusAsync();
        await MakeAsync("Second");
        await Assertions.Expect(events).ToHaveCountAsync(2);
        await Assertions.Expect(visit.Page.Locator("[data-live] .table-frame")).ToBeFocusedAsync();
        await events.First.FocusAsync();
        var read = visit.Page.WaitForResponseAsync(response => response.Url.EndsWith("/developer/trail", StringComparison.Ordinal));
        await MakeAsync("Third");
        await read;
        await Assertions.Expect(events).ToHaveCountAsync(2);
        await visit.Page.GetByLabel("About").FocusAsync();
        await Assertions.Expect(events).ToHaveCountAsync(3);
        Assert.Equal("yes", await visit.Page.EvaluateAsync<string>("document.body.dataset.same"));

        async Task MakeAsync(string name)
        {
            (await key.PostAsync("/policies", new { name })).Is(HttpStatusCode.Created);
            if (name != "First")
            {
                await visit.Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");
            }
        }
    }

    [Fact]
    public async Task A_page_whose_session_was_ended_elsewhere_shows_nothing_of_it_any_more()
    {
        var site = chromium.Open;
        var (_, _, owner) = await site.OrganizationAsync();
        await using var left = await Visit.BeginAsync(chromium, site);
        await left.SignInAsync(owner, Rest.Password);
        var listening = left.Page.WaitForResponseAsync(response => response.Url.Contains("/live?", StringComparison.Ordinal));
        await left.GoAsync("/developer/trail");
        await listening;

        await using var here = await Visit.BeginAsync(chromium, site);
        await here.SignInAsync(owner, Rest.Password);
        await here.GoAsync("/account/sessions");
        await here.PressAsync("Sign out there");
        await Assertions.Expect(left.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Sign in", new() { Timeout = 60_000 });
        Assert.Contains("to=%2Fdeveloper%2Ftrail", left.Page.Url, StringComparison.Ordinal);
    }
}
