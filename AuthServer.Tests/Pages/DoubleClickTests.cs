using System.Net;
using AuthServer.Organizations;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Pages;

/// <summary>A form that is sent twice as it is, by a second click or because its answer is loaded again, makes one thing; and who sees only the second answer has what the first one showed.</summary>
public sealed class DoubleClickTests(ConnectSide side) : IClassFixture<ConnectSide>
{
    private const string Agent = "{agent}";

    public static TheoryData<string, string, string> Makers => new()
    {
        { "/developer/agents/new", "name={new}", "Make the agent" },
        { "/developer/applications/new?kind=machine", "name={new}&scopes.ticked=email:read", "Make the application" },
        { "/developer/certificates", "name={new}", "Make it" },
        { "/developer/webhooks", "Address=https://hooks.example/{new}&Events=agent.created", "Make it" },
        { "/developer/resource-servers", "url=https://{new}.example", "Register it" },
        { "/developer/members", "email={new}@example.com&role=auditor", "Invite" },
        { $"/developer/agents/{Agent}/keys", "", "Make the key" },
        { $"/developer/agents/{Agent}/keys?ask=secret", "overlap=3600", "Replace it" },
    };

    [Theory]
    [MemberData(nameof(Makers))]
    public async Task Two_clicks_make_one_thing_and_show_it(string page, string values, string button)
    {
        using var browser = await SentAsync(page, values, button);
        var shown = Shown(browser);
        var events = await EventsAsync();
        await browser.AgainAsync();

        Assert.NotEmpty(shown);

        // The choice of a language would lead away from what is shown once.
        Assert.False(browser.OffersLanguages);
        Assert.Equal((HttpStatusCode.OK, shown), (browser.Response.StatusCode, Shown(browser)));
        Assert.Equal(events, await EventsAsync());
    }

    [Theory]
    [MemberData(nameof(Makers))]
    public async Task What_is_shown_once_is_not_shown_when_its_answer_is_loaded_later(string page, string values, string button)
    {
        using var browser = await SentAsync(page, values, button);
        var (shown, events) = (Shown(browser), await EventsAsync());
        side.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        await browser.AgainAsync();

        Assert.DoesNotContain(shown, browser.Page.DocumentElement.OuterHtml, StringComparison.Ordinal);
        Assert.Contains("This was done already", browser.Text, StringComparison.Ordinal);
        Assert.Equal(events, await EventsAsync());
    }

    [Fact]
    public async Task Two_clicks_at_once_make_one_thing()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync("/developer/certificates");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => browser.SubmitAsync(new() { ["name"] = "At once" }, "Make it")));

        Assert.NotNull(browser.Page.GetElementById("private-key"));
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Certificates.CountAsync(row => row.Name == "At once")));
    }

    [Fact]
    public async Task Clicks_at_once_make_one_organization()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync("/developer?make=yes");
        var name = "At once " + Guid.NewGuid().ToString("N");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => browser.SubmitAsync(new() { ["Name"] = name }, "Make it")));

        Assert.Equal(name, browser.Page.QuerySelector("h1")!.TextContent);
        Assert.Equal(1, await side.Server.QueryAsync(context => context.Organizations.CountAsync(row => row.Name == name)));
    }

    [Fact]
    public async Task A_policy_is_made_once_and_both_clicks_lead_to_it()
    {
        using var browser = await SentAsync("/developer/policies/edit", "name={new}&effect=deny&actions=payments:*", "Make it");
        var (address, events) = (browser.Address.AbsolutePath, await EventsAsync());
        await browser.AgainAsync();

        Assert.StartsWith("/developer/policies/pol_", address, StringComparison.Ordinal);
        Assert.Equal((address, events), (browser.Address.AbsolutePath, await EventsAsync()));
    }

    [Fact]
    public async Task A_scope_is_made_once_and_both_clicks_say_so()
    {
        using var browser = await SentAsync("/developer/scopes", "name=r{new}:move&description=They move.", "Make it");
        var events = await EventsAsync();
        await browser.AgainAsync();

        Assert.Contains("The scope is made", browser.Text, StringComparison.Ordinal);
        Assert.Equal(events, await EventsAsync());
    }

    [Fact]
    public async Task A_second_press_is_not_told_that_nothing_was_done_when_the_first_ended_its_session()
    {
        using var browser = await side.MemberAsync();
        await browser.OpenAsync("/account/password");
        await browser.SubmitAsync(new() { ["Present"] = Flows.Password, ["Wanted"] = "another quite unusual sentence" }, "Change password");
        Assert.Equal("/account", browser.Address.AbsolutePath);
        await browser.AgainAsync();

        Assert.Contains("This was done already", browser.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing was done", browser.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_refused_may_be_sent_again()
    {
        using var browser = await SentAsync("/developer/resource-servers", "url=not-an-address", "Register it");
        Assert.NotEmpty(browser.FaultyFields());
        await browser.AgainAsync();

        Assert.NotEmpty(browser.FaultyFields());
        Assert.DoesNotContain("This was done already", browser.Text, StringComparison.Ordinal);
    }

    private async Task<TestBrowser> SentAsync(string page, string values, string button)
    {
        var browser = await side.MemberAsync(Role.Admin);
        var agent = "";
        if (page.Contains(Agent, StringComparison.Ordinal))
        {
            agent = (await side.Acme.RegisterAsync(OrganizationSide.Agent(("name", Guid.NewGuid().ToString("N"))))).GetProperty("id").GetString()!;
        }

        await browser.OpenAsync(page.Replace(Agent, agent, StringComparison.Ordinal));
        var fields = values.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => (string?)pair[1].Replace("{new}", Guid.NewGuid().ToString("N")[..12], StringComparison.Ordinal));
        await browser.SubmitAsync(fields, button);
        return browser;
    }

    /// <summary>What there is to copy: secrets, keys, links.</summary>
    private static string Shown(TestBrowser browser) => browser.Page.QuerySelector("#secret, #link, #private-key")?.TextContent ?? "";

    private Task<int> EventsAsync() => side.Server.QueryAsync(context => context.AuditEvents.CountAsync(row => row.Outcome == "success"));
}
