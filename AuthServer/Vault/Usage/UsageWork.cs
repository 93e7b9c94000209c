using AuthServer.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Vault.Usage;

/// <summary>Writes down every few seconds what was counted, and forgets what is old.</summary>
internal sealed partial class UsageWork(
    UsageBook book, ConnectionUsages usages, CredentialPulses pulses, AccountRefreshes accounts, TimeProvider clock, ILogger<UsageWork> logger) : BackgroundService
{
    private const int RoundsPerPruning = 360;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>All that was counted until now.</summary>
    internal async Task WriteAsync(CancellationToken ct)
    {
        var taken = book.Take();
        await usages.AddAsync(taken.Counted, ct);
        await pulses.FollowAsync(taken.Pulses, ct);
        await accounts.RecordUsesAsync(taken.Uses, ct);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(WriteAsync, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        for (var round = 0; await timer.WaitForNextTickAsync(stoppingToken); round++)
        {
            await TryAsync(WriteAsync, stoppingToken);
            if (round % RoundsPerPruning == 0)
            {
                await TryAsync(ct => usages.PruneAsync(clock.GetUtcNow(), ct), stoppingToken);
                await TryAsync(ct => pulses.PruneAsync(clock.GetUtcNow(), ct), stoppingToken);
            }
        }
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        try
        {
            await work(ct);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Numbers for charts: what could not be written is missing there.
            Log.Failed(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The use of connections could not be written down.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
