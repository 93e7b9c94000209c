using AuthServer.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Figures;

/// <summary>Counts each minute what happened, and forgets what is old.</summary>
public sealed partial class FigureWork(TrailFigures trail, ResponseTimes times, FigureLedger ledger, TimeProvider clock, ILogger<FigureWork> logger) : BackgroundService
{
    private const int RoundsPerPruning = 60;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>How long figures of single organizations and agents are kept.</summary>
    public static readonly TimeSpan DetailsKept = TimeSpan.FromDays(35);

    /// <summary>How long those of the installation are kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private int _round;

    /// <summary>One round.</summary>
    public async Task CountAsync(CancellationToken ct)
    {
        await WriteTimesAsync(ct);
        await trail.FoldAsync(ct);
        if (_round++ % RoundsPerPruning == 0)
        {
            var now = clock.GetUtcNow();
            await ledger.PruneAsync(now - DetailsKept, now - Kept, ct);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Rounds.TryAsync(WriteTimesAsync, e => Log.Failed(logger, e), cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, CountAsync, e => Log.Failed(logger, e), stoppingToken);

    // The trail is counted from where it was left, by whoever comes next; what was measured is known to this process alone.
    private async Task WriteTimesAsync(CancellationToken ct)
    {
        if (times.Take(clock.GetUtcNow()) is { IsEmpty: false } measured)
        {
            // What cannot be written is missing in a chart, and nowhere else.
            await ledger.AddAsync(measured, ct);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The figures could not be brought up to date; the next round goes on where this one was.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
