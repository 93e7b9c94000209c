using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Figures;

/// <summary>Reads the figures: by what, and step by step.</summary>
public sealed class FigureReading(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>The words that were counted most.</summary>
    /// <param name="organizationId">Null: the whole installation.</param>
    public async Task<IReadOnlyList<FigureSum>> TopAsync(string? organizationId, string kind, FigureSpan span, int most, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var sums = await Rows(context, organizationId, kind, span).GroupBy(row => row.Word).Select(same => new { Word = same.Key, Count = same.Sum(row => row.Count) })
            .OrderByDescending(sum => sum.Count).ThenBy(sum => sum.Word).Take(most).ToListAsync(ct);
        return [.. sums.Select(sum => new FigureSum(sum.Word, sum.Count))];
    }

    /// <summary>For each word one count for each step.</summary>
    /// <inheritdoc cref="TopAsync"/>
    public async Task<IReadOnlyDictionary<string, long[]>> SeriesAsync(string? organizationId, string kind, FigureSpan span, CancellationToken ct)
    {
        Dictionary<string, long[]> series = new(StringComparer.Ordinal);
        await using var context = await contexts.CreateDbContextAsync(ct);
        await foreach (var row in Rows(context, organizationId, kind, span).AsAsyncEnumerable().WithCancellation(ct))
        {
            if (!series.TryGetValue(row.Word, out var counts))
            {
                series[row.Word] = counts = new long[span.Steps];
            }

            counts[span.PlaceOf(row.Hour)] += row.Count;
        }

        return series;
    }

    private static IQueryable<HourFigure> Rows(AuthDbContext context, string? organizationId, string kind, FigureSpan span)
    {
        var whose = organizationId ?? "";
        return context.HourFigures.AsNoTracking().Where(row => row.OrganizationId == whose && row.Kind == kind && row.Hour >= span.From && row.Hour < span.To);
    }
}

public sealed record FigureSum(string Word, long Count);

/// <summary>Some time in equal steps.</summary>
/// <param name="Step">Whole hours.</param>
public sealed record FigureSpan(DateTimeOffset From, TimeSpan Step, int Steps)
{
    public DateTimeOffset To => From + (Steps * Step);

    /// <summary>The steps up to now, the one that goes on included.</summary>
    public static FigureSpan Until(DateTimeOffset now, TimeSpan step, int steps) =>
        new(new DateTimeOffset(now.UtcTicks - (now.UtcTicks % step.Ticks), TimeSpan.Zero) - ((steps - 1) * step), step, steps);

    public int PlaceOf(DateTimeOffset hour) => (int)((hour - From) / Step);
}
