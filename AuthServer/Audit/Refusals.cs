using AuthServer.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Audit;

/// <summary>Counts refusals before authentication per kind, network and minute, and writes the counts every few seconds and at the end:
/// a flood costs a row per minute, not one per request.</summary>
public sealed partial class Refusals(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock, ILogger<Refusals> logger) : BackgroundService
{
    private const int MostKeys = 10_000;
    private const int MostPerCommit = 500;
    private const int LongestKind = 100;
    private const int LongestAddress = 64;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _flushing = new(1);
    private Dictionary<Key, int> _counts = [];

    /// <param name="kind">One stable word.</param>
    public void Count(string kind, string address, DateTimeOffset now)
    {
        var minute = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        var key = new Key(Cut(kind, LongestKind), Cut(address, LongestAddress), minute);
        lock (_lock)
        {
            // Under a flood of addresses the kind still counts, under one name.
            Add(_counts.Count < MostKeys || _counts.ContainsKey(key) ? key : key with { Address = "many" }, 1);
        }
    }

    /// <summary>Writes what was counted since the last time. What cannot be written is kept for the next.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        // One at a time, so that two do not make or add to the same row at once.
        await _flushing.WaitAsync(ct);
        try
        {
            foreach (var batch in Take().Chunk(MostPerCommit))
            {
                await WriteAsync(batch, ct);
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _flushing.Dispose();
        base.Dispose();
    }

    // Counting goes on when the database does not.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(Interval, clock, FlushAsync, e => Log.FlushFailed(logger, e), stoppingToken);

    private Dictionary<Key, int> Take()
    {
        lock (_lock)
        {
            var taken = _counts;
            _counts = [];
            return taken;
        }
    }

    private void Add(Key key, int count) => _counts[key] = _counts.GetValueOrDefault(key) + count;

    private async Task WriteAsync(KeyValuePair<Key, int>[] counts, CancellationToken ct)
    {
        try
        {
            await using var context = await contexts.CreateDbContextAsync(ct);
            foreach (var (key, count) in counts)
            {
                var row = await context.RefusalCounts.FindAsync([key.Kind, key.Address, key.Minute], ct);
                row ??= context.RefusalCounts.Add(new RefusalCount { Kind = key.Kind, Address = key.Address, Minute = key.Minute }).Entity;
                row.Count += count;
            }

            await context.SaveChangesAsync(ct);
        }
        catch
        {
            lock (_lock)
            {
                Array.ForEach(counts, pair => Add(pair.Key, pair.Value));
            }

            throw;
        }
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    private readonly record struct Key(string Kind, string Address, DateTimeOffset Minute);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The counts of refused requests could not be written; they wait for the next time.")]
        public static partial void FlushFailed(ILogger logger, Exception exception);
    }
}
