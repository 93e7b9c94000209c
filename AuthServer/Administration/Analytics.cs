using AuthServer.Data;
using AuthServer.Figures;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Administration;

/// <summary>What the installation did in some time, from the figures alone.</summary>
public sealed class Analytics(FigureReading figures, TrailFigures trail, IDbContextFactory<AuthDbContext> contexts)
{
    private const int Most = 10;

    public async Task<AnalyticsFile> ReadAsync(FigureSpan span, CancellationToken ct)
    {
        var (agents, policies) = (await figures.TopAsync(null, FigureKinds.Agents, span, Most, ct), await figures.TopAsync(null, FigureKinds.Policies, span, Most, ct));
        await using var context = await contexts.CreateDbContextAsync(ct);
        var (agentIds, policyIds) = (agents.Select(sum => sum.Word).ToList(), policies.Select(sum => sum.Word).ToList());
        var agentNames = await context.Agents.AsNoTracking().Where(row => agentIds.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Name, ct);
        var policyNames = await context.Policies.AsNoTracking().Where(row => policyIds.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Name, ct);
        return new AnalyticsFile(
            span,
            await trail.CountedUntilAsync(ct),
            await figures.SeriesAsync(null, FigureKinds.Decisions, span, ct),
            await figures.TopAsync(null, FigureKinds.Reasons, span, Most, ct),
            [.. policies.Select(sum => new NamedSum(sum.Word, policyNames.GetValueOrDefault(sum.Word), sum.Count))],
            await figures.TopAsync(null, FigureKinds.Tokens, span, Most, ct),
            [.. agents.Select(sum => new NamedSum(sum.Word, agentNames.GetValueOrDefault(sum.Word), sum.Count))],
            await figures.SeriesAsync(null, FigureKinds.Risks, span, ct),
            Latencies(await figures.SeriesAsync(null, FigureKinds.Latency, span, ct), span),
            await RefreshesAsync(context, span, ct));
    }

    private static IReadOnlyList<AreaLatency> Latencies(IReadOnlyDictionary<string, long[]> series, FigureSpan span) =>
    [
        .. series.Select(one => (Place: Latency.Read(one.Key), Counts: one.Value)).Where(one => one.Place is not null)
            .GroupBy(one => one.Place!.Value.Area).OrderBy(area => ResponseTimes.Areas.ToList().IndexOf(area.Key))
            .Select(area =>
            {
                var (steps, all) = (Enumerable.Range(0, span.Steps).Select(_ => new long[Latency.Bounds.Count + 1]).ToArray(), new long[Latency.Bounds.Count + 1]);
                foreach (var (place, counts) in area)
                {
                    for (var step = 0; step < span.Steps; step++)
                    {
                        steps[step][place!.Value.Place] += counts[step];
                        all[place.Value.Place] += counts[step];
                    }
                }

                return new AreaLatency(area.Key, all.Sum(), Of(all, 0.5), Of(all, 0.95), Of(all, 0.99), [.. steps.Select(step => Of(step, 0.5))], [.. steps.Select(step => Of(step, 0.95))]);
            }),
    ];

    private static double? Of(long[] counts, double share) => Vault.Usage.Latencies.Percentile(counts, share, Latency.Bounds);

    private static async Task<Refreshes> RefreshesAsync(AuthDbContext context, FigureSpan span, CancellationToken ct)
    {
        var (good, failed) = (new long[span.Steps], new long[span.Steps]);
        var hours = context.ConnectionUsages.AsNoTracking().Where(row => row.Seconds == ConnectionUsages.Hour && row.At >= span.From && row.At < span.To)
            .GroupBy(row => row.At).Select(same => new { At = same.Key, Refreshed = same.Sum(row => row.Refreshed), Failed = same.Sum(row => row.RefreshesFailed) });
        await foreach (var hour in hours.AsAsyncEnumerable().WithCancellation(ct))
        {
            good[span.PlaceOf(hour.At)] += hour.Refreshed;
            failed[span.PlaceOf(hour.At)] += hour.Failed;
        }

        return new Refreshes(good, failed);
    }
}

/// <param name="CountedUntil">Null: nothing has been counted yet.</param>
/// <param name="Decisions">By outcome, step by step.</param>
/// <param name="Reasons">Of what was denied, with the event's type behind <see cref="TrailFigures.Separator"/>.</param>
/// <param name="Tokens">By grant.</param>
/// <param name="Agents">Who got most tokens and answers.</param>
/// <param name="Risks">Of tokens, step by step.</param>
public sealed record AnalyticsFile(
    FigureSpan Span,
    DateTimeOffset? CountedUntil,
    IReadOnlyDictionary<string, long[]> Decisions,
    IReadOnlyList<FigureSum> Reasons,
    IReadOnlyList<NamedSum> Policies,
    IReadOnlyList<FigureSum> Tokens,
    IReadOnlyList<NamedSum> Agents,
    IReadOnlyDictionary<string, long[]> Risks,
    IReadOnlyList<AreaLatency> Latencies,
    Refreshes Refreshes);

/// <param name="Name">Null: it is gone.</param>
public sealed record NamedSum(string Id, string? Name, long Count);

/// <summary>How long an area of the server took to answer, in milliseconds.</summary>
/// <param name="Medians">Step by step; null: nothing was asked.</param>
/// <param name="P95s">The same.</param>
public sealed record AreaLatency(string Area, long Count, double? P50, double? P95, double? P99, IReadOnlyList<double?> Medians, IReadOnlyList<double?> P95s);

/// <summary>Refreshes of connected accounts, step by step.</summary>
public sealed record Refreshes(IReadOnlyList<long> Good, IReadOnlyList<long> Failed);
