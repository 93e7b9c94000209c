using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Audit;

/// <summary>Counts refusals of callers whom nobody has identified, in memory, and writes the counts now and then:
/// a flood costs one row per kind, address and minute.</summary>
public sealed class Refusals(IDbContextFactory<AuthDbContext> contexts) : IDisposable
{
    private const int MostCounts = 20_000;
    private const int MostPerCommit = 500;
    private const int LongestKind = 100;
    private const int LongestAddress = 64;

    // What is counted when a flood comes from more addresses than are worth a row each.
    private const string Everywhere = "*";

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
            if (_counts.Count >= MostCounts && !_counts.ContainsKey(key))
            {
                key = key with { Address = Everywhere };
            }

            _counts[key] = _counts.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>Writes what was counted so far. What cannot be written is kept for the next time.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        // One at a time, so that two do not add to the same row at once.
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

    public void Dispose() => _flushing.Dispose();

    private Dictionary<Key, int> Take()
    {
        lock (_lock)
        {
            return Interlocked.Exchange(ref _counts, []);
        }
    }

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
                foreach (var (key, count) in counts)
                {
                    _counts[key] = _counts.GetValueOrDefault(key) + count;
                }
            }

            throw;
        }
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    private readonly record struct Key(string Kind, string Address, DateTimeOffset Minute);
}
