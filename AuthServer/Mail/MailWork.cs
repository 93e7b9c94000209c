using AuthServer.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Mail;

/// <summary>Every second: what is due is sent, what nobody needs any more is forgotten.</summary>
internal sealed partial class MailWork(MailSender sender, MailOutbox outbox, MailSettings settings, TimeProvider clock, ILogger<MailWork> logger) : BackgroundService
{
    private const int RoundsPerPruning = 60;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Everything that is due has been sent.</summary>
    internal async Task FinishAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            if (settings.Server is { } server && await outbox.HasDueAsync(clock.GetStoredNow(), ct))
            {
                await sender.SendDueAsync(server, ct);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    internal async Task PruneAsync(CancellationToken ct)
    {
        var now = clock.GetStoredNow();
        await outbox.ExpireAsync(now, ct);
        await outbox.PruneAsync(now - settings.Kept, ct);
    }

    public override void Dispose()
    {
        _turn.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var rounds = 0;
        async Task RoundAsync(CancellationToken ct)
        {
            if (rounds++ % RoundsPerPruning == 0)
            {
                await PruneAsync(ct);
            }

            await FinishAsync(ct);
        }

        // What was not sent waits in the database.
        return Rounds.RunAsync(Interval, clock, RoundAsync, e => Log.Failed(logger, e), stoppingToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A round of mail failed.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
