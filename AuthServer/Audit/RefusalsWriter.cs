using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Audit;

/// <summary>Writes the counted refusals every ten seconds, and what is left when the server stops.</summary>
public sealed partial class RefusalsWriter(Refusals refusals, TimeProvider clock, ILogger<RefusalsWriter> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await FlushAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // StopAsync writes the rest.
        }
    }

    private async Task FlushAsync(CancellationToken ct)
    {
        try
        {
            await refusals.FlushAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The database is away; the counts wait for it.
            Log.NotWritten(log, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Counts of refusals could not be written and are kept for the next time")]
        public static partial void NotWritten(ILogger log, Exception e);
    }
}
