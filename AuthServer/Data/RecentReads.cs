using System.Collections.Concurrent;

namespace AuthServer.Data;

/// <summary>What was read from the database, kept in memory for a few seconds: a change by another node is in force within that time, one by this
/// process once it is forgotten here. A reading that began before that is not kept. What is not there is not kept either: anybody can name as many
/// as they like.</summary>
/// <param name="read">Reads what is there now; it is given what was read before, where that is still known.</param>
internal sealed class RecentReads<T>(Func<string, T?, Task<T?>> read, TimeProvider clock)
    where T : class
{
    private const int Most = 10_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    public ValueTask<T?> FindAsync(string key, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!_known.TryGetValue(key, out var entry) || now - entry.ReadAt >= Freshness || entry.Reading.IsFaulted)
        {
            // Whoever comes while it is read waits for this same reading.
            entry = Replace(key, entry, new Entry(this, key, entry?.Value, now));
        }

        return entry.Reading.IsCompletedSuccessfully ? new(entry.Reading.Result) : new(entry.Reading.WaitAsync(ct));
    }

    /// <summary>Whether it was there when it was read last.</summary>
    public bool Remembers(string key) => _known.ContainsKey(key);

    /// <summary>After a change of this process's own, when it is on disk.</summary>
    public void Forget(string key) => _known.TryRemove(key, out _);

    public void Clear() => _known.Clear();

    private Entry Replace(string key, Entry? old, Entry next)
    {
        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        var replaced = old is null ? _known.TryAdd(key, next) : _known.TryUpdate(key, next, old);
        return replaced ? next : _known.GetOrAdd(key, next);
    }

    private async Task<T?> ReadAsync(string key, T? before, Entry entry)
    {
        var found = await read(key, before);
        if (found is null)
        {
            _known.TryRemove(new(key, entry));
        }

        return found;
    }

    /// <summary>A class, because entries are told apart as objects. Its reading begins when it has its place, so that whoever changes something after
    /// that takes the place away.</summary>
    private sealed class Entry
    {
        private readonly Lazy<Task<T?>> _reading;

        public Entry(RecentReads<T> reads, string key, T? before, DateTimeOffset readAt) =>
            (ReadAt, _reading) = (readAt, new(() => reads.ReadAsync(key, before, this)));

        public DateTimeOffset ReadAt { get; }

        public Task<T?> Reading => _reading.Value;

        /// <summary>Null while it is not read.</summary>
        public T? Value => _reading is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true } reading } ? reading.Result : null;
    }
}
