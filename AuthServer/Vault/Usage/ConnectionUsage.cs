namespace AuthServer.Vault.Usage;

/// <summary>What went through one connection in a minute, or in an hour, for one agent or for nobody in particular.</summary>
public sealed class ConnectionUsage
{
    public string ConnectionId { get; set; } = "";

    /// <summary><c>agt_…</c>; empty: members of the organization, or this server itself.</summary>
    public string AgentId { get; set; } = "";

    /// <summary>60 or 3600.</summary>
    public int Seconds { get; set; }

    /// <summary>When the minute or the hour began.</summary>
    public DateTimeOffset At { get; set; }

    public long Calls { get; set; }

    /// <summary>Calls that were not answered.</summary>
    public long Unanswered { get; set; }

    public long Succeeded { get; set; }

    public long Redirected { get; set; }

    public long ClientErrors { get; set; }

    public long ServerErrors { get; set; }

    /// <summary>By the provider; what this server refuses is a denied event of the trail.</summary>
    public long RateLimited { get; set; }

    public long Refreshed { get; set; }

    public long RefreshesFailed { get; set; }

    /// <summary>How many calls took how long, see <see cref="Latencies"/>: numbers with spaces between them.</summary>
    public string Latency { get; set; } = "";
}

/// <summary>How long calls took, as counts between bounds.</summary>
public static class Latencies
{
    /// <summary>Milliseconds; one more count is of those beyond the last.</summary>
    public static IReadOnlyList<int> Bounds { get; } = [10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000];

    public static int PlaceOf(double milliseconds)
    {
        var place = 0;
        while (place < Bounds.Count && milliseconds > Bounds[place])
        {
            place++;
        }

        return place;
    }

    public static long[] Read(string text)
    {
        var counts = new long[Bounds.Count + 1];
        foreach (var (place, count) in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Index().Take(counts.Length))
        {
            counts[place] = long.Parse(count, System.Globalization.CultureInfo.InvariantCulture);
        }

        return counts;
    }

    public static string Write(long[] counts) => string.Join(' ', counts);
}
