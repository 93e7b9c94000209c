using System.Net;
using AuthServer.Audit;
using AuthServer.Figures;
using AuthServer.Pages.Portal;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Pages.Developer;
using AuthServer.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Admin;

/// <summary>The trail, what is counted of it, and providers.</summary>
public sealed class AdminTrailTests(AdminSide side) : IClassFixture<AdminSide>
{
    [Fact]
    public async Task The_trail_is_shown_whoevers_it_is_and_filtered()
    {
        var (id, _) = await side.PersonAsync();
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/trail");
        Assert.NotNull(admin.Page.QuerySelector($"td a[href='/admin/trail?type={AuditEventTypes.UserSignedIn}']"));
        await admin.GoAsync($"/admin/trail?person={id}&type={AuditEventTypes.UserRegistered}");
        Assert.Single(admin.Page.QuerySelectorAll("tbody tr"));
        await admin.GoAsync($"/admin/trail?person={id}&type=user");
        var kinds = admin.Page.QuerySelectorAll("tbody td a[href^='/admin/trail?type=']").Select(link => link.GetAttribute("href")!).ToList();
        Assert.Contains($"/admin/trail?type={AuditEventTypes.UserRegistered}", kinds);
        Assert.All(kinds, kind => Assert.StartsWith("/admin/trail?type=user.", kind, StringComparison.Ordinal));
        await admin.GoAsync("/admin/trail?type=User%20registered");
        Assert.Contains("Give a type such as token.issued", admin.Text, StringComparison.Ordinal);
        await admin.GoAsync("/admin/trail?from=2026-11-30&to=2026-11-01");
        Assert.Equal(["#to"], admin.FaultyFields());
        await admin.GoAsync("/admin/trail?person=%3Cscript%3E&from=yesterday");

        Assert.Contains("Give an id such as usr_", admin.Text, StringComparison.Ordinal);
        Assert.Contains("Give a day", admin.Text, StringComparison.Ordinal);
        Assert.Equal("<script>", admin.Page.QuerySelector("#person")!.GetAttribute("value"));
    }

    [Fact]
    public async Task It_hears_of_whatever_happens_while_its_reader_is_an_administrator_and_nobody_else_does()
    {
        var (id, email) = await side.PersonAsync();
        using var browser = await side.SignInAsync(email);
        await browser.GoAsync("/live?everything=yes");
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);

        async Task SetAsync(bool isAdministrator) => await side.Server.QueryAsync(async context =>
        {
            (await context.Users.FindAsync(id))!.IsAdministrator = isAdministrator;
            return await context.SaveChangesAsync();
        });
        await SetAsync(true);
        await browser.GoAsync("/admin/trail");
        var address = browser.Page.QuerySelector("[data-live]")!.GetAttribute("data-live")!;
        await browser.GoAsync("/admin/trail?to=2020-01-01");
        Assert.Equal("", browser.Page.QuerySelector("[data-live]")!.GetAttribute("data-live") ?? "");
        using var http = new HttpClient(new HttpClientHandler { CookieContainer = browser.Cookies });
        await using var stream = await http.GetStreamAsync(new Uri(side.Server.Address, address));
        using var lines = new StreamReader(stream);
        await side.PersonAsync();
        while (await lines.ReadLineAsync() is { } line && line != "event: changed")
        {
        }

        await SetAsync(false);
        await side.PersonAsync();
        var rest = lines.ReadToEndAsync();
        await Waiting.UntilAsync(() => rest.IsCompleted, isEnded => isEnded, () => side.Server.Clock.Advance(LiveEndpoint.Pause));
        Assert.Equal("data: .\n\n", await rest);
    }

    [Fact]
    public async Task A_long_trail_has_pages_that_are_small()
    {
        await side.Server.QueryAsync(async context =>
        {
            context.AuditEvents.AddRange(Enumerable.Range(0, 120).Select(i => AuditEventRow.From(new AuditEvent
            {
                Id = Identifiers.New("aud_", side.Server.Clock.Now),
                At = side.Server.Clock.Now,
                Type = "tests.long",
                Outcome = "success",
                Target = new string('W', 300),
                Reason = "<b>reason</b>",
            })));
            return await context.SaveChangesAsync();
        });
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/trail?type=tests.long");
        var shown = admin.Page.QuerySelectorAll("tbody tr").Length;
        Assert.True((await admin.Response.Content.ReadAsByteArrayAsync()).Length < 100_000);
        while (admin.Page.QuerySelector("a[rel=next]") is { } next)
        {
            await admin.GoAsync(next.GetAttribute("href")!);
            shown += admin.Page.QuerySelectorAll("tbody tr").Length;
        }

        Assert.Equal(120, shown);
        Assert.Equal("/admin/trail?type=tests.long", admin.Page.QuerySelectorAll("#events-shown nav a").Single(link => link.TextContent == "Newest").GetAttribute("href"));
    }

    [Fact]
    public async Task It_is_told_who_acted_for_whom_and_in_words_when_and_why()
    {
        var (id, _) = await side.PersonAsync("Grace <b>");
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(("name", "Actor <b>")));
        async Task TellAsync(string target, string? agentId, string? clientId, string reason) => await side.Server.QueryAsync(async context =>
        {
            context.AuditEvents.Add(AuditEventRow.From(new AuditEvent
            {
                Id = Identifiers.New("aud_", side.Server.Clock.Now),
                At = side.Server.Clock.Now,
                Type = "tests.acted",
                Outcome = AuditOutcomes.Denied,
                Subject = id,
                AgentId = agentId,
                ClientId = clientId,
                Target = target,
                Reason = reason,
            }));
            return await context.SaveChangesAsync();
        });
        await TellAsync("by-agent", AgentSide.Text(agent, "id"), null, "too_many");
        await TellAsync("by-client", null, "web", "code-7");
        await TellAsync("web", null, "web", "password");
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/trail?type=tests.acted&person=" + id);
        var rows = admin.Page.QuerySelectorAll("tbody tr").ToDictionary(row => row.Children[3].TextContent.Trim(), row => row);

        Assert.All(rows.Values, row => Assert.Contains("Grace <b>", row.Children[2].TextContent, StringComparison.Ordinal));
        Assert.Contains("Actor <b>", rows["by-agent"].Children[2].TextContent, StringComparison.Ordinal);
        Assert.Contains("The web client", rows["by-client"].Children[2].TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("The web client", rows["web"].Children[2].TextContent, StringComparison.Ordinal);
        Assert.Contains("Too many", rows["by-agent"].Children[4].TextContent, StringComparison.Ordinal);
        Assert.Contains("Password", rows["web"].Children[4].TextContent, StringComparison.Ordinal);
        Assert.Equal("code-7", rows["by-client"].Children[4].QuerySelector("code")!.TextContent);
        Assert.Matches("^[0-9]+ [A-Z][a-z]+ [0-9]{4}, [0-9:]{5} UTC$", rows["web"].Children[0].TextContent.Trim());
    }

    [Fact]
    public async Task A_verification_goes_on_behind_the_page_and_is_in_the_trail_itself()
    {
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/trail");
        await admin.SubmitAsync(button: "Verify it now");
        Assert.Equal(await side.AdminIdAsync(), (await side.Server.TrailAsync(TrailEvents.VerificationAsked))[^1].Subject);
        var checks = side.Server.Services.GetRequiredService<TrailChecks>();
        var last = await Waiting.UntilAsync(() => checks.Last, found => found is not null);
        Assert.False(last!.IsBroken);
        await Waiting.UntilAsync(() => checks.IsRunning, running => !running);
        await admin.GoAsync("/admin/trail");

        Assert.Matches("It is as it was written|Nothing is broken", admin.Text);
    }

    [Theory]
    [InlineData("csv", "text/csv")]
    [InlineData("ndjson", "application/x-ndjson")]
    public async Task The_export_holds_what_matches_and_tells_the_trail(string format, string type)
    {
        var (id, _) = await side.PersonAsync();
        using var admin = await side.AdminAsync();
        await admin.GoAsync($"/admin/trail?handler=Export&format={format}&person={id}&type={AuditEventTypes.UserRegistered}");
        Assert.Equal(type, admin.Response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(id, await admin.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var told = (await side.Server.TrailAsync(TrailEvents.Exported))[^1];
        Assert.Equal((await side.AdminIdAsync(), null, format), (told.Subject, told.OrganizationId, told.Reason));

        side.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        using var ada = await side.SignInAsync(Flows.Email);
        await ada.GoAsync($"/admin/trail?handler=Export&format={format}");
        Assert.Equal(HttpStatusCode.NotFound, ada.Response.StatusCode);
    }

    [Fact]
    public async Task Analytics_draw_what_was_counted_with_tables_beside()
    {
        var organization = await OrganizationSide.CreateAsync(side.Server);
        var agent = await organization.RegisterAsync(OrganizationSide.Agent(("name", "<script>alert(1)</script>")));
        foreach (var outcome in new[] { AuditOutcomes.Success, AuditOutcomes.Denied })
        {
            await side.Server.Services.GetRequiredService<IAuditTrail>().AppendAsync(
                new AuditEvent
                {
                    Id = Identifiers.New("aud_", side.Server.Clock.Now),
                    At = side.Server.Clock.Now,
                    Type = AuditEventTypes.TokenVerified,
                    Outcome = outcome,
                    AgentId = AgentSide.Text(agent, "id"),
                    OrganizationId = organization.Id,
                    Reason = outcome == AuditOutcomes.Denied ? "scope_missing" : null,
                },
                default);
        }

        side.Server.Clock.Advance(TimeSpan.FromMinutes(6));
        await side.Server.Services.GetRequiredService<FigureWork>().CountAsync(default);
        using var admin = await side.AdminAsync();
        foreach (var period in new[] { "day", "week", "30-days", "90-days", "nonsense" })
        {
            await admin.GoAsync("/admin/analytics?period=" + period);
            Assert.Equal(HttpStatusCode.OK, admin.Response.StatusCode);
        }

        Assert.Contains("Scope missing", admin.Page.QuerySelector("tbody")!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(admin.Page.QuerySelector("svg[role=img]"));
        Assert.Empty(admin.Page.QuerySelectorAll("main script"));
        Assert.Contains("<script>alert(1)</script>", admin.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Providers_are_shown_without_a_secret()
    {
        using var admin = await side.AdminAsync();
        await admin.GoAsync("/admin/providers");

        Assert.True(admin.Page.QuerySelectorAll("tbody tr").Length > 10);
        Assert.Contains("Not connected", admin.Text, StringComparison.Ordinal);
    }
}
