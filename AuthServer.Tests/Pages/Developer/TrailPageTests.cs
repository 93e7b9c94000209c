using System.Globalization;
using System.Net;
using AuthServer.Audit;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>An organization's part of the trail, as its members read it.</summary>
public sealed class TrailPageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string All = "/developer/trail";

    [Fact]
    public async Task Every_member_reads_it_newest_first_and_filters_it()
    {
        var crew = await side.CrewAsync();
        var policy = await PolicyAsync(crew, "One");
        side.Server.Clock.Advance(TimeSpan.FromMinutes(5));
        (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created);
        using var auditor = await side.BrowserAsync(crew, "auditor");
        await auditor.GoAsync(All);
        auditor.IsOk();
        var whats = Whats(auditor);
        Assert.Contains("Policy: created", whats);
        Assert.True(Array.IndexOf(whats, "Agent: registered") < Array.IndexOf(whats, "Policy: created"));
        Assert.Equal("/live?organization=" + crew.Id, auditor.Page.GetElementById("events")!.GetAttribute("data-live"));

        await auditor.GoAsync(All + "?kind=policy");
        Assert.Equal(["Policy: created"], Whats(auditor));
        await auditor.GoAsync(All + "?kind=polic");
        Assert.Contains("Nothing is like that", auditor.Text, StringComparison.Ordinal);
        await auditor.GoAsync($"{All}?about={policy}");
        Assert.Equal(["Policy: created"], Whats(auditor));
        await auditor.GoAsync($"{All}?result=denied&kind=policy");
        Assert.Empty(Whats(auditor));
        await auditor.GoAsync($"{All}?person={crew.Owner.Id}&kind=agent");
        Assert.Equal(["Agent: registered"], Whats(auditor));
        foreach (var (field, typed) in new[] { ("about", "🙂"), ("from", "soon 🙂"), ("agent", "مفكرة") })
        {
            await auditor.GoAsync($"{All}?{field}={Uri.EscapeDataString(typed)}");
            Assert.Equal(["#" + field], auditor.FaultyFields());
            Assert.Equal(typed, auditor.Value(field));
            Assert.Empty(Whats(auditor));
        }

        var between = side.Server.Clock.Now.AddMinutes(-2).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        await auditor.GoAsync($"{All}?to={between}&kind=agent");
        Assert.Empty(Whats(auditor));
        Assert.Equal("", auditor.Page.GetElementById("events")!.GetAttribute("data-live"));
        await auditor.GoAsync($"{All}?from={between}&kind=agent");
        Assert.Equal(["Agent: registered"], Whats(auditor));
    }

    [Fact]
    public async Task It_is_read_on_by_its_cursor()
    {
        var crew = await side.CrewAsync();
        for (var i = 0; i < 52; i++)
        {
            await PolicyAsync(crew, "Policy " + i);
        }

        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(All + "?kind=policy");
        Assert.Equal(50, Whats(browser).Length);
        Assert.InRange((await browser.Response.Content.ReadAsStringAsync()).Length, 1, 100_000);
        await browser.GoAsync(browser.Page.QuerySelector("a[rel=next]")!.GetAttribute("href")!);
        Assert.Equal(2, Whats(browser).Length);
        Assert.Null(browser.Page.QuerySelector("a[rel=next]"));
        await browser.GoAsync(browser.Page.QuerySelectorAll("#events nav a").Single(link => link.TextContent == "Newest").GetAttribute("href")!);
        Assert.Equal(50, Whats(browser).Length);
        Assert.Contains("kind=policy", browser.Address.Query, StringComparison.Ordinal);
        Assert.DoesNotContain(browser.Page.QuerySelectorAll("#events nav a"), link => link.TextContent == "Newest");
    }

    [Fact]
    public async Task An_event_is_shown_in_full_with_its_place_and_its_seal()
    {
        var crew = await side.CrewAsync();
        await PolicyAsync(crew, "<b>Bold</b>");
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(All + "?kind=policy");
        var address = browser.Page.QuerySelector("tbody a")!.GetAttribute("href")!;
        await browser.GoAsync(address);
        browser.IsOk();
        Assert.Equal("Policy: created", browser.Shown("h1"));
        Assert.Contains("\"name\": \"<b>Bold</b>\"", browser.Page.GetElementById("event-details")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Before it in the organization", browser.Text, StringComparison.Ordinal);
        Assert.Matches("[0-9]+ of wrt_", browser.Text);

        await side.Server.Services.GetRequiredService<Checkpoints>().WriteAsync(default);
        await browser.GoAsync(address);
        Assert.Contains("Sealed on", browser.Text, StringComparison.Ordinal);
        await browser.GoAsync(All);
        Assert.Contains("Sealed until", browser.Text, StringComparison.Ordinal);

        using var stranger = await side.BrowserAsync(await side.CrewAsync());
        var id = address.Split('/')[^1].Split('?')[0];
        foreach (var page in new[] { address, $"{All}/{id}", $"{All}?organization={crew.Id}", $"{All}/nonsense" })
        {
            Assert.Equal("NotFound", await stranger.StatusAsync(page));
        }
    }

    [Fact]
    public async Task It_is_exported_as_the_API_does_and_that_is_told()
    {
        var crew = await side.CrewAsync();
        await PolicyAsync(crew, "One");
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(All + "?kind=policy");
        await browser.SubmitAsync(button: "Export as CSV");
        Assert.Equal(("text/csv", "attachment; filename=audit.csv"), (browser.Response.Content.Headers.ContentType!.MediaType, browser.Response.Content.Headers.ContentDisposition!.ToString().Replace("\"", "", StringComparison.Ordinal)));
        var lines = (await browser.Response.Content.ReadAsStringAsync()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((2, true), (lines.Length, lines[1].Contains("\"policy.created\"", StringComparison.Ordinal)));
        Assert.Equal(1, await side.Server.QueryAsync(context => context.AuditEvents.CountAsync(row => row.OrganizationId == crew.Id && row.Type == TrailEvents.Exported)));
        await browser.SendFormAsync(side, $"{All}?organization={crew.Id}", ("format", "xml"));
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    [Fact]
    public async Task What_happened_and_when_is_said_in_the_readers_language()
    {
        var crew = await side.CrewAsync();
        await crew.JoinedAsync("auditor");
        using var browser = await side.BrowserAsync(crew.Owner);
        browser.Headers.AcceptLanguage.ParseAdd("de");
        await browser.GoAsync(All + "?kind=member");
        Assert.Contains("Mitglied der Organisation: Hinzugefügt", Whats(browser));
        var cell = browser.Page.QuerySelector("tbody time")!;
        Assert.Matches(@"^\d+\. \p{L}+\.? \d{4}, \d\d:\d\d:\d\d$", cell.TextContent);

        await browser.GoAsync(browser.Page.QuerySelector("tbody a")!.GetAttribute("href")!);
        var when = browser.Page.QuerySelector(".facts time")!;
        Assert.Equal(cell.GetAttribute("title"), when.GetAttribute("title"));
        Assert.EndsWith(" Uhr (UTC)", when.TextContent, StringComparison.Ordinal);
        Assert.Matches(@"^[0-9-]{10}T[0-9:.]{12}Z$", when.ParentElement!.QuerySelector("code")!.TextContent);
    }

    [Theory]
    [InlineData("agent=nonsense", "#agent")]
    [InlineData("person=agt_1", "#person")]
    [InlineData("from=yesterday", "#from")]
    [InlineData("from=2026-01-02T00:00&to=2026-01-01T00:00", "#to")]
    public async Task A_filter_that_says_nothing_is_told_at_its_field(string query, string field)
    {
        using var browser = await side.BrowserAsync(await side.CrewAsync());
        await browser.GoAsync($"{All}?{query}");
        browser.IsOk();
        Assert.Equal([field], browser.FaultyFields());
    }

    private static string[] Whats(TestBrowser browser) => [.. browser.Page.QuerySelectorAll("tbody td:nth-child(2) a").Select(link => link.TextContent)];

    private async Task<string> PolicyAsync(Crew crew, string name)
    {
        side.Server.Clock.Advance(TimeSpan.FromMilliseconds(2));
        return (await crew.Key.PostAsync("/policies", new { name })).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
    }
}
