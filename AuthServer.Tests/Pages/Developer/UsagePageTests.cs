using System.Net;
using AuthServer.Data;
using AuthServer.Figures;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages.Developer;

/// <summary>What an organization's agents used, as charts and as a table.</summary>
public sealed class UsagePageTests(DeveloperSide side) : IClassFixture<DeveloperSide>
{
    private const string Usage = "/developer/usage";

    [Fact]
    public async Task Tokens_decisions_and_agents_are_drawn_and_stand_in_the_table()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        var now = side.Server.Clock.Now;
        await side.Server.QueryAsync(context => CountAsync(context, crew.Id, now));
        await side.Server.QueryAsync(context => CountAsync(context, other.Id, now));
        using var browser = await side.BrowserAsync(crew, "auditor");
        await browser.GoAsync(Usage);
        browser.IsOk();
        Assert.Equal("Week", browser.Shown(".pills [aria-current]"));
        Assert.Equal(3, browser.Page.QuerySelectorAll("svg.chart").Length);
        Assert.Equal(["12", "9 2 denied", "0 through connections", "2 at most in one step"], browser.Page.QuerySelectorAll(".numbers dd").Select(number => string.Join(' ', number.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
        var rows = browser.Page.QuerySelectorAll("tbody tr");
        Assert.Equal(7, rows.Length);
        Assert.Equal(["10", "2", "7", "2", "2", "0"], rows[^1].QuerySelectorAll("td").Select(cell => cell.TextContent));
        Assert.InRange((await browser.Response.Content.ReadAsStringAsync()).Length, 1, 100_000);

        await browser.GoAsync(Usage + "?period=day");
        Assert.Equal(24, browser.Page.QuerySelectorAll("tbody tr").Length);
        await browser.GoAsync(Usage + "?period=month");
        Assert.Equal(30, browser.Page.QuerySelectorAll("tbody tr").Length);
    }

    [Fact]
    public async Task Agents_that_got_tokens_are_counted_from_the_trail_in_the_hour_that_they_got_them_and_each_once()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        var clock = side.Server.Clock;
        var (one, next, stranger) = (await KeyAsync(crew), await KeyAsync(crew), await KeyAsync(other));
        clock.AdvanceTo(FigureSums.HourOf(clock.Now).AddHours(1).AddMinutes(1));
        await TokenAsync(one.Key);
        await TokenAsync(one.Key);
        clock.Advance(TimeSpan.FromHours(1));
        await TokenAsync(one.Key);
        await TokenAsync(next.Key);
        await TokenAsync(stranger.Key);
        clock.Advance(TrailFigures.Lateness + TimeSpan.FromMinutes(1));

        // The server's own round may be at it.
        string[] ids = [one.Id, next.Id, stranger.Id];
        var figures = side.Server.Services.GetRequiredService<TrailFigures>();
        await Waiting.UntilAsync(
            async () =>
            {
                await figures.FoldAsync(default);
                return await side.Server.QueryAsync(context => context.HourFigures.Where(row => row.OrganizationId == "" && row.Kind == FigureKinds.Agents && ids.Contains(row.Word)).SumAsync(row => row.Count));
            },
            sum => sum == 5);
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Usage + "?period=day");
        browser.IsOk();
        Assert.Equal(["1", "2"], browser.Page.QuerySelectorAll("tbody tr").TakeLast(2).Select(row => row.QuerySelectorAll("td")[^2].TextContent));
        Assert.Contains("2 at most in one step", Plain(browser.Shown(".numbers")), StringComparison.Ordinal);
        await browser.GoAsync(Usage);
        Assert.Contains("2 at most in one step", Plain(browser.Shown(".numbers")), StringComparison.Ordinal);

        // The installation's own count is as it was: each token once, whosever the agent is.
        var all = await side.Server.Services.GetRequiredService<FigureReading>().TopAsync(null, FigureKinds.Agents, FigureSpan.Until(clock.Now, TimeSpan.FromDays(1), 3), 1000, default);
        Assert.Equal([3, 1, 1], ids.Select(id => all.Single(sum => sum.Word == id).Count));
    }

    [Fact]
    public async Task Without_anything_it_says_so_and_others_find_nothing()
    {
        var (crew, other) = (await side.CrewAsync(), await side.CrewAsync());
        using var browser = await side.BrowserAsync(crew.Owner);
        await browser.GoAsync(Usage);
        Assert.Contains("Nothing was counted in this time", browser.Text, StringComparison.Ordinal);
        Assert.Equal("NotFound", await browser.StatusAsync($"{Usage}?organization={other.Id}"));
        Assert.Equal(HttpStatusCode.NotFound, browser.Response.StatusCode);
    }

    private static string Plain(string? text) => string.Join(' ', text!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static async Task<(string Id, string Key)> KeyAsync(Crew crew)
    {
        var id = (await crew.Key.PostAsync("/agents", OrganizationSide.Agent())).Is(HttpStatusCode.Created).Json.GetProperty("id").GetString()!;
        return (id, (await crew.Key.PostAsync("/credentials", new { agent_id = id })).Is(HttpStatusCode.Created).Json.GetProperty("raw_key").GetString()!);
    }

    private async Task TokenAsync(string key) =>
        (await side.Nobody.PostAsync("/auth/token", new { grant_type = "client_credentials", client_secret = key })).Is(HttpStatusCode.OK);

    internal static async Task<int> CountAsync(AuthDbContext context, string organizationId, DateTimeOffset now)
    {
        var hour = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        foreach (var (kind, word, count) in new[]
        {
            (FigureKinds.Tokens, "client_credentials", 10L), (FigureKinds.Tokens, "refresh_token", 2), (FigureKinds.Decisions, "success", 7), (FigureKinds.Decisions, "denied", 2),
            (FigureKinds.Agents, "agt_1", 9), (FigureKinds.Agents, "agt_2", 3),
        })
        {
            context.HourFigures.Add(new HourFigure { OrganizationId = organizationId, Kind = kind, Hour = hour, Word = word, Count = count });
        }

        return await context.SaveChangesAsync();
    }
}
