using System.Globalization;

namespace AuthServer.Vault.Usage;

/// <summary>How long calls took, as counts between bounds.</summary>
public static class Latencies
{
    private const double Rounding = 1e-9;

    /// <summary>Milliseconds; one more count is of those beyond the last.</summary>
    public static IReadOnlyList<int> Bounds { get; } = [10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];

    public static int PlaceOf(double milliseconds) => PlaceOf(milliseconds, Bounds);

    /// <summary>The same between other bounds.</summary>
    public static int PlaceOf(double milliseconds, IReadOnlyList<int> bounds)
    {
        var place = 0;
        while (place < bounds.Count && milliseconds > bounds[place])
        {
            place++;
        }

        return place;
    }

    /// <summary>How long this share of the calls took at most, in milliseconds: as if those between two bounds were spread evenly. Of those beyond the last bound nobody knows
    /// more than that. Null: there were none.</summary>
    public static double? Percentile(IReadOnlyList<long> counts, double share) => Percentile(counts, share, Bounds);

    /// <summary>The same between other bounds.</summary>
    public static double? Percentile(IReadOnlyList<long> counts, double share, IReadOnlyList<int> bounds)
    {
        var wanted = counts.Sum() * share;
        if (wanted <= 0)
        {
            return null;
        }

        var before = 0L;
        for (var place = 0; place < bounds.Count; place++)
        {
            if (counts[place] > 0 && before + counts[place] >= wanted - Rounding)
            {
                var (low, high) = (place == 0 ? 0 : bounds[place - 1], bounds[place]);
                return low + ((high - low) * (wanted - before) / counts[place]);
            }

            before += counts[place];
        }

        return bounds[^1];
    }

    public static long[] Read(string text)
    {
        var counts = new long[Bounds.Count + 1];
        foreach (var (place, count) in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Index().Take(counts.Length))
        {
            counts[place] = long.Parse(count, CultureInfo.InvariantCulture);
        }

        return counts;
    }

    public static string Write(long[] counts) => string.Join(' ', counts);
}
