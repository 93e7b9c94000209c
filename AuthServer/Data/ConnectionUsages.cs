using AuthServer.Vault.Usage;

namespace AuthServer.Data;

/// <summary>What went through connections: by the minute for two days, by the hour for ninety.</summary>
public sealed class ConnectionUsages(IDatabaseWriter writer)
{
    public const int Minute = 60;
    public const int Hour = 3600;

    public static readonly TimeSpan MinutesKept = TimeSpan.FromDays(2);
    public static readonly TimeSpan HoursKept = TimeSpan.FromDays(90);

    // Makes the row where there is none, and holds it until the commit: others who add to it wait here.
    private static readonly Statement Open = new(
        """
        INSERT INTO "ConnectionUsages" ("ConnectionId", "AgentId", "Seconds", "At", "Calls", "Unanswered", "Succeeded", "Redirected", "ClientErrors", "ServerErrors",
            "RateLimited", "Refreshed", "RefreshesFailed", "Latency", "Errors")
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, '', '' WHERE EXISTS (SELECT 1 FROM "Connections" WHERE "Id" = $1)
        ON CONFLICT ("ConnectionId", "AgentId", "Seconds", "At") DO UPDATE SET
            "Calls" = "ConnectionUsages"."Calls" + $5, "Unanswered" = "ConnectionUsages"."Unanswered" + $6, "Succeeded" = "ConnectionUsages"."Succeeded" + $7,
            "Redirected" = "ConnectionUsages"."Redirected" + $8, "ClientErrors" = "ConnectionUsages"."ClientErrors" + $9,
            "ServerErrors" = "ConnectionUsages"."ServerErrors" + $10, "RateLimited" = "ConnectionUsages"."RateLimited" + $11,
            "Refreshed" = "ConnectionUsages"."Refreshed" + $12, "RefreshesFailed" = "ConnectionUsages"."RefreshesFailed" + $13
        RETURNING "Latency", "Errors"
        """);

    private static readonly Statement Spread = new(
        """UPDATE "ConnectionUsages" SET "Latency" = $5, "Errors" = $6 WHERE "ConnectionId" = $1 AND "AgentId" = $2 AND "Seconds" = $3 AND "At" = $4""");

    private static readonly Statement Prune = new("""DELETE FROM "ConnectionUsages" WHERE "Seconds" = $1 AND "At" < $2""");

    public async Task AddAsync(IReadOnlyList<CountedUsage> counted, CancellationToken ct)
    {
        // In one order: two nodes do not wait for each other.
        var rows = counted.OrderBy(one => one.ConnectionId, StringComparer.Ordinal).ThenBy(one => one.AgentId, StringComparer.Ordinal).ThenBy(one => one.Minute)
            .SelectMany(one => new (int, DateTimeOffset, CountedUsage)[] { (Minute, one.Minute, one), (Hour, one.Minute.AddMinutes(-one.Minute.Minute), one) });
        foreach (var chunk in rows.Chunk(200))
        {
            await writer.TryWriteAsync(
                async transaction =>
                {
                    foreach (var (seconds, at, one) in chunk)
                    {
                        await AddAsync(transaction, seconds, at, one);
                    }

                    return true;
                },
                ct);
        }
    }

    public async Task PruneAsync(DateTimeOffset now, CancellationToken ct)
    {
        await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Prune, Minute, now - MinutesKept) > 0, ct);
        await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Prune, Hour, now - HoursKept) > 0, ct);
    }

    private static async ValueTask AddAsync(WriteTransaction transaction, int seconds, DateTimeOffset at, CountedUsage one)
    {
        var counts = one.Counts;
        var opened = await transaction.QueryAsync(
            Open, row => (Latency: row.GetString(0), Errors: row.GetString(1)), one.ConnectionId, one.AgentId, seconds, at, counts.Calls, counts.Unanswered, counts.Succeeded, counts.Redirected,
            counts.ClientErrors, counts.ServerErrors, counts.RateLimited, counts.Refreshed, counts.RefreshesFailed);
        if (opened is not [var before])
        {
            // The connection is gone.
            return;
        }

        var (latency, errors) = (Latencies.Read(before.Latency), ErrorCounts.Read(before.Errors));
        for (var place = 0; place < latency.Length; place++)
        {
            latency[place] += counts.Latency[place];
        }

        ErrorCounts.Add(errors, counts.Errors);
        await transaction.ExecuteAsync(Spread, one.ConnectionId, one.AgentId, seconds, at, Latencies.Write(latency), ErrorCounts.Write(errors));
    }
}
