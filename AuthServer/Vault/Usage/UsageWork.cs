using AuthServer.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Vault.Usage;

/// <summary>Writes down every few seconds what was counted, and forgets what is old.</summary>
internal sealed partial class UsageWork(
    UsageBook book, ConnectionUsages usages, CredentialPulses pulses, AccountRefreshes accounts, TimeProvider clock, ILogger<UsageWork> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PruningInterval = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>All that was counted until now: what another round has taken and not yet written is waited for.</summary>
    internal async Task WriteAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            var taken = book.Take();
            await usages.AddAsync(taken.Counted, ct);
            await pulses.FollowAsync(taken.Pulses, ct);
            await accounts.RecordUsesAsync(taken.Uses, ct);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Rounds.TryAsync(WriteAsync, Failed, cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        Rounds.RunAsync(Interval, clock, WriteAsync, Failed, stoppingToken),
        Rounds.RunAsync(PruningInterval, clock, PruneAsync, Failed, stoppingToken));

    private async Task PruneAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await usages.PruneAsync(now, ct);
        await pulses.PruneAsync(now, ct);
    }

    // Numbers for charts: what could not be written is missing there.
    private void Failed(Exception exception) => Log.Failed(logger, exception);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The use of connections could not be written down.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
