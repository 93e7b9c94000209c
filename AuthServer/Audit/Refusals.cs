using System.Collections.Concurrent;
using AuthServer.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Audit;

/// <summary>Counts refusals before authentication per kind, address and minute, and writes the counts every few seconds and at the end.</summary>
public sealed partial class Refusals(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock, ILogger<Refusals> logger) : BackgroundService
{
    private const int MostKeys = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private ConcurrentDictionary<Key, int> _counts = new();

    public void Count(string kind, string address, DateTimeOffset now)
    {
        var minute = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero);

        // Under a flood of addresses the kind still counts, under one name.
        var key = new Key(kind, _counts.Count < MostKeys ? address : "many", minute);
        _counts.AddOrUpdate(key, 1, static (_, count) => count + 1);
    }

    /// <summary>Writes what was counted since the last time.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        var counts = Interlocked.Exchange(ref _counts, new ConcurrentDictionary<Key, int>());
        if (counts.IsEmpty)
        {
            return;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        foreach (var (key, count) in counts)
        {
            var row = await context.RefusalCounts.FindAsync([key.Kind, key.Address, key.Minute], ct);
            if (row is null)
            {
                context.RefusalCounts.Add(new RefusalCount { Kind = key.Kind, Address = key.Address, Minute = key.Minute, Count = count });
            }
            else
            {
                row.Count += count;
            }
        }

        await context.SaveChangesAsync(ct);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FlushAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Counting goes on when the database does not; these counts are lost, and the log says so.
                Log.FlushFailed(logger, e);
            }
        }
    }

    private readonly record struct Key(string Kind, string Address, DateTimeOffset Minute);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The counts of refused requests could not be written.")]
        public static partial void FlushFailed(ILogger logger, Exception exception);
    }
}
