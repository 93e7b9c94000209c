using System.Collections.Concurrent;
using AuthServer.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Accounts;

/// <summary>When each session was used last. Noted in memory by every request, and written once a minute and at the end: reading a session costs no write.</summary>
public sealed partial class SessionUse(SessionEndings sessions, TimeProvider clock, ILogger<SessionUse> logger) : BackgroundService
{
    private const int MostNoted = 50_000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private ConcurrentDictionary<string, DateTimeOffset> _uses = new(StringComparer.Ordinal);

    public void Note(string sessionId)
    {
        // Counting takes all its locks, so only a session that is new here is counted. Beyond the bound the list is less exact, and nothing else.
        var uses = _uses;
        if (uses.ContainsKey(sessionId) || uses.Count < MostNoted)
        {
            uses[sessionId] = clock.GetStoredNow();
        }
    }

    public async Task FlushAsync(CancellationToken ct)
    {
        var uses = Interlocked.Exchange(ref _uses, new ConcurrentDictionary<string, DateTimeOffset>(StringComparer.Ordinal));
        foreach (var portion in uses.ToArray().Chunk(500))
        {
            await sessions.KeepUseAsync(portion, ct);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await FlushAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // An outage of the database is no reason to end otherwise than one was told to.
            Log.Failed(logger, e);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, FlushAsync, e => Log.Failed(logger, e), stoppingToken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "When sessions were used could not be written.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
