using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Data;

/// <summary>SQLite: this process knows its own ends at once; what a command in another process ended is read every few seconds.</summary>
internal sealed partial class RevocationPolling(
    IDatabaseReader reader, RevocationFeed feed, TimeProvider time, ILogger<RevocationPolling> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    // New rows, and old ones whose moment moved; not the whole table, which can be long.
    private static readonly Statement News = new(
        """SELECT "Kind", "Id", "Moment", "ExpiresAt", "rowid" FROM "Revocations" WHERE "rowid" > $1 OR "Moment" >= $2""");

    private static readonly Statement Newest = new("""SELECT COALESCE(MAX("rowid"), 0) FROM "Revocations" """);

    private long _seen;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _seen = await NewestAsync(cancellationToken);
        await feed.LoadAsync(cancellationToken);
        feed.IsCurrent = true;
        await base.StartAsync(cancellationToken);
    }

    internal async Task PollAsync(CancellationToken ct)
    {
        // Row ids come back where the newest rows were pruned.
        _seen = Math.Min(_seen, await NewestAsync(ct));
        foreach (var (row, entry) in await reader.ListAsync(
            News, row => (row.GetInt64(4), StoredRevocations.Read(row)), [_seen, time.GetUtcNow() - Recent], ct))
        {
            feed.Add(entry);
            _seen = Math.Max(_seen, row);
        }
    }

    // What this process ends it knows anyway.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, time, PollAsync, e => Log.NotRead(logger, e), stoppingToken);

    private ValueTask<long> NewestAsync(CancellationToken ct) => reader.FindAsync(Newest, row => row.GetInt64(0), [], ct);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "What other processes revoked could not be read.")]
        public static partial void NotRead(ILogger logger, Exception exception);
    }
}
