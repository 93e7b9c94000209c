using AuthServer.Charts;
using AuthServer.Http.Api;
using AuthServer.Vault.Monitoring;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>How one connection fares: numbers, charts, and the same as a table.</summary>
public sealed class ConnectionMonitoringModel(ConnectionDesk desk, ConnectionMonitoring monitoring, TimeProvider clock) : ConnectionPage(desk)
{
    /// <summary>The times that can be chosen.</summary>
    public static IReadOnlyList<MonitoringPeriod> Periods =>
    [
        new("hour", T("Last hour"), TimeSpan.FromHours(1), MonitoringStep.Minute),
        new("6-hours", T("6 hours"), TimeSpan.FromHours(6), MonitoringStep.FiveMinutes),
        new("day", T("Day"), TimeSpan.FromDays(1), MonitoringStep.Quarter),
        new("week", T("Week"), TimeSpan.FromDays(7), MonitoringStep.SixHours),
        new("30-days", T("30 days"), TimeSpan.FromDays(30), MonitoringStep.Day),
        new("90-days", T("90 days"), TimeSpan.FromDays(90), MonitoringStep.Day),
    ];

    public MonitoringPeriod Period { get; private set; } = Periods[2];

    /// <summary>Where there is no <see cref="Problem"/>.</summary>
    public ConnectionMonitoringAnswer Seen { get; private set; } = null!;

    public Problem? Problem { get; private set; }

    public bool IsEmpty => Seen.Totals is { Calls: 0, Refreshed: 0, RefreshesFailed: 0 };

    public string At(MonitoringPeriod period) => $"{Address}/monitoring?period={period.Word}";

    public async Task<IActionResult> OnGetAsync(string? id, string? period, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Period = Periods.FirstOrDefault(one => one.Word == period) ?? Period;
        var time = MonitoredTime.Last(Period.Span, Period.Step, clock.GetUtcNow());
        var answer = await monitoring.FindAsync(Seat.Member, Connection.Id, time, ct);
        (Seen, Problem) = (answer.Value!, answer.Problem);
        return Problem == Problem.NotFound ? NotFound() : Page();
    }

    /// <summary>Calls by what came of them.</summary>
    public string Calls() => StackedBars.Draw(Over("calls", T("Calls"), MonitoringWords.OfCalls(Seen.Totals), "", [
        Values(T("Answered"), "main", point => point.Succeeded + point.Redirected), Values(T("Refused (4xx)"), "warn", point => point.ClientErrors),
        Values(T("Failed (5xx, or no answer)"), "bad", point => point.ServerErrors + point.Unanswered)]));

    public string Latency() => LineChart.Draw(Over("latency", T("Time to answer"), MonitoringWords.OfLatency(Seen.Totals), " ms", [
        Values(T("Half of the calls"), "main", point => point.P50Ms), Values(T("95 of 100 calls"), "more", point => point.P95Ms)]));

    public string Refreshes() => StackedBars.Draw(Over("refreshes", T("Refreshes"), MonitoringWords.OfRefreshes(Seen.Totals), "", [
        Values(T("Good"), "good", point => point.Refreshed), Values(T("Failed"), "bad", point => point.RefreshesFailed)]));

    private ChartData Over(string id, string title, string words, string unit, IReadOnlyList<ChartSeries> series) =>
        new(id + "-chart", title, T("{0} Step by step it is in the table below.", words), unit, Seen.Range.From, TimeSpan.FromSeconds(Seen.Range.Step), series);

    private ChartSeries Values(string name, string look, Func<UsagePoint, double?> value) => new(name, look, [.. Seen.Series.Select(value)]);
}

/// <param name="Word">In the address.</param>
public sealed record MonitoringPeriod(string Word, string Label, TimeSpan Span, MonitoringStep Step);
