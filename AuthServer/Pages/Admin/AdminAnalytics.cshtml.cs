using AuthServer.Administration;
using AuthServer.Charts;
using AuthServer.Figures;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Admin;

/// <summary>What the installation did, as charts with the same as tables.</summary>
public sealed class AdminAnalyticsModel(AdminDesk desk, Analytics analytics, TimeProvider clock) : AdminPage(desk)
{
    public static IReadOnlyList<(string Word, TimeSpan Step, int Steps)> Periods { get; } =
        [("day", TimeSpan.FromHours(1), 24), ("week", TimeSpan.FromHours(6), 28), ("30-days", TimeSpan.FromDays(1), 30), ("90-days", TimeSpan.FromDays(1), 90)];

    public string Period { get; private set; } = "week";

    public AnalyticsFile Seen { get; private set; } = null!;

    public IReadOnlyList<long> Allowed => Of(Seen.Decisions, AuditOutcomes.Success);

    public IReadOnlyList<long> Denied => Of(Seen.Decisions, AuditOutcomes.Denied);

    public bool IsEmpty => Seen.Decisions.Count == 0 && Seen.Tokens.Count == 0 && Seen.Reasons.Count == 0 && !HasRefreshes;

    public bool HasRefreshes => Seen.Refreshes.Good.Sum() + Seen.Refreshes.Failed.Sum() > 0;

    public static string NameOf(string period) => period switch
    {
        "day" => T("Day"),
        "week" => T("Week"),
        "30-days" => T("30 days"),
        _ => T("90 days"),
    };

    public static string AreaOf(string area) => area switch
    {
        "token" => T("Token endpoint"),
        "protocol" => T("Rest of the protocol"),
        "api" => T("REST API"),
        "mcp" => T("MCP"),
        _ => T("Pages"),
    };

    public static string RiskOf(string risk) => risk switch
    {
        "low" => T("Low risk"),
        "standard" => T("Some risk"),
        "high" => T("High risk"),
        _ => T("Critical"),
    };

    /// <summary>As the trail writes it; null: none was given.</summary>
    public static string? ReasonOf(FigureSum sum) => sum.Word.Split(TrailFigures.Separator) is [{ Length: > 0 } reason, ..] ? reason : null;

    public static string TypeOf(FigureSum sum) => sum.Word.Split(TrailFigures.Separator)[^1];

    public static string Milliseconds(double? value) => value is { } known ? T("{0} ms", known < 10 ? known.ToString("0.#", Language.Culture) : known.ToString("0", Language.Culture)) : "–";

    public async Task<IActionResult> OnGetAsync(string? period, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var (word, step, steps) = Periods.FirstOrDefault(one => one.Word == period, Periods[1]);
        (Period, Seen) = (word, await analytics.ReadAsync(FigureSpan.Until(clock.GetUtcNow(), step, steps), ct));
        return Page();
    }

    public string Step(int i)
    {
        var at = Seen.Span.From + (i * Seen.Span.Step);
        var day = ChartData.DayPatternOf(Language.Culture);
        return at.ToString(Seen.Span.Step < TimeSpan.FromDays(1) ? day + ", HH:mm" : day, Language.Culture);
    }

    public IReadOnlyList<long> Of(IReadOnlyDictionary<string, long[]> series, string word) => series.GetValueOrDefault(word) ?? new long[Seen.Span.Steps];

    public string Decisions() => StackedBars.Draw(Over(
        "decisions", T("Decisions"), T("{0} were allowed and {1} refused.", Whole(Allowed.Sum()), Whole(Denied.Sum())), "",
        [Series(T("Allowed"), "good", Allowed), Series(T("Refused"), "bad", Denied)]));

    public string Risks() => StackedBars.Draw(Over(
        "risks", T("Tokens by risk"), T("Each token by the highest risk of what it allows."), "",
        [
            Series(T("Low risk"), "good", Of(Seen.Risks, "low")), Series(T("Some risk"), "more", Of(Seen.Risks, "standard")),
            Series(T("High risk"), "warn", Of(Seen.Risks, "high")), Series(T("Critical"), "bad", Of(Seen.Risks, "critical")),
        ]));

    public string Latency(AreaLatency area) => LineChart.Draw(Over(
        "latency", T("Time to answer"), T("Half of the answers took {0} or less, 95 of 100 took {1} or less.", Milliseconds(area.P50), Milliseconds(area.P95)), " ms",
        [new ChartSeries(T("Half"), "main", area.Medians), new ChartSeries(T("95 of 100"), "more", area.P95s)]));

    public string Refreshes() => StackedBars.Draw(Over(
        "refreshes", T("Refreshes of connected accounts"), T("{0} went well, {1} failed.", Whole(Seen.Refreshes.Good.Sum()), Whole(Seen.Refreshes.Failed.Sum())), "",
        [Series(T("Good"), "good", Seen.Refreshes.Good), Series(T("Failed"), "bad", Seen.Refreshes.Failed)]));

    private ChartData Over(string id, string title, string words, string unit, IReadOnlyList<ChartSeries> series) =>
        new(id + "-chart", title, words + " " + T("Step by step it is in the table below."), unit, Seen.Span.From, Seen.Span.Step, series);

    private static ChartSeries Series(string name, string look, IReadOnlyList<long> values) => new(name, look, [.. values.Select(value => (double?)value)]);
}
