using AuthServer.Charts;
using AuthServer.Figures;
using AuthServer.Vault.Monitoring;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Usage;

/// <summary>What an organization's agents used: tokens, decisions, calls, and how many agents did anything.</summary>
public sealed class UsageModel(Seats seats, OrganizationUsage usage, ConnectionMonitoring monitoring, TimeProvider clock) : OrganizationPage(seats)
{
    private const int MostGrants = 4;

    private static readonly string[] Looks = ["main", "good", "warn", "bad", "more"];

    private IReadOnlyList<UsagePoint> _calls = [];

    internal static IReadOnlyList<UsagePeriod> Periods =>
    [
        new("day", T("Day"), 24, MonitoringStep.Hour), new("week", T("Week"), 7, MonitoringStep.Day), new("month", T("Month"), 30, MonitoringStep.Day),
    ];

    internal UsagePeriod Period { get; private set; } = Periods[1];

    public UsageSteps Used { get; private set; } = null!;

    /// <summary>Through connections; null: more than can be added up at once.</summary>
    public long? Calls { get; private set; }

    public bool IsEmpty => Used.IsEmpty && Calls is null or 0;

    /// <summary>The grants that a chart shows by themselves, and what else there was together.</summary>
    public IReadOnlyList<(string Name, string Look, IReadOnlyList<long> Values)> Grants { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? organization, string? period, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return Page();
        }

        Period = Periods.FirstOrDefault(one => one.Word == period) ?? Period;
        Used = await usage.FindAsync(seat.Organization.OrganizationId, Period.Steps, Period.Step.Span, ct);
        Grants = [.. Shown()];
        if (!(await monitoring.AllAsync(seat.Member, MonitoredTime.Last(Period.Steps * Period.Step.Span, Period.Step, clock.GetUtcNow()), ct)).Failed(out _, out var seen))
        {
            (_calls, Calls) = (seen.Series, seen.Totals.Calls);
        }

        return Page();
    }

    public string At(int step) => Said(Used.From + (step * Used.Step));

    public long CallsIn(int step) => _calls.FirstOrDefault(point => point.At == Used.From + (step * Used.Step))?.Calls ?? 0;

    public string Tokens() => Draw("tokens", T("Tokens"), T("Tokens by the grant they came by."), [.. Grants.Select(grant => Series(grant.Name, grant.Look, grant.Values))]);

    public string Decisions() => Draw("decisions", T("Decisions"), T("Whether something may be done: allowed and denied."), [Series(T("Allowed"), "good", Used.Allowed), Series(T("Denied"), "bad", Used.Denied)]);

    public string Agents() => Draw("agents", T("Active agents"), T("Agents that did anything."), [Series(T("Agents"), "main", Used.Agents)]);

    public string CallsDrawn() => Draw("calls", T("Calls"), T("Calls through connections."), [Series(T("Calls"), "main", [.. Enumerable.Range(0, Period.Steps).Select(CallsIn)])]);

    private string Draw(string id, string title, string words, IReadOnlyList<ChartSeries> series) =>
        StackedBars.Draw(new ChartData(id + "-chart", title, T("{0} Step by step it is in the table below.", words), "", Used.From, Used.Step, series));

    private IEnumerable<(string Name, string Look, IReadOnlyList<long> Values)> Shown()
    {
        foreach (var (i, grant) in Used.Tokens.Take(MostGrants).Index())
        {
            yield return (GrantName(grant.Key), Looks[i], grant.Value);
        }

        if (Used.Tokens.Count > MostGrants)
        {
            yield return (T("Others"), Looks[^1], [.. Enumerable.Range(0, Period.Steps).Select(step => Used.Tokens.Skip(MostGrants).Sum(grant => grant.Value[step]))]);
        }
    }

    private string Said(DateTimeOffset at)
    {
        var day = ChartData.DayPatternOf(Texts.Language.Culture);
        return at.UtcDateTime.ToString(Period.Step == MonitoringStep.Day ? day : day + ", HH:mm", Texts.Language.Culture);
    }

    private static ChartSeries Series(string name, string look, IReadOnlyList<long> values) => new(name, look, [.. values.Select(value => (double?)value)]);

    private static string GrantName(string grant) => grant switch
    {
        "client_credentials" => T("Agents for themselves"),
        "authorization_code" => T("With a person’s consent"),
        "refresh_token" => T("Refreshed"),
        "urn:ietf:params:oauth:grant-type:token-exchange" => T("Exchanged"),
        _ => Names.Shown(grant),
    };
}

/// <param name="Word">In the address.</param>
internal sealed record UsagePeriod(string Word, string Label, int Steps, MonitoringStep Step);
