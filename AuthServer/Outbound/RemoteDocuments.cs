using System.Collections.Concurrent;

namespace AuthServer.Outbound;

/// <summary>Documents of others, kept in memory as long as they say, within bounds. A failure is no document and is not kept as one; but its address
/// is left alone for a moment, so that nobody can be flooded through this server.</summary>
/// <param name="largest">Octets.</param>
/// <param name="read">Null for what is no such document; it says so in the log.</param>
public sealed class RemoteDocuments<T>(OutboundClient client, int largest, Func<Uri, OutboundAnswer, T?> read, TimeProvider clock)
    where T : class
{
    private const int Most = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Entry> _known = new(StringComparer.Ordinal);

    /// <summary>What is still fresh; null where it would have to be fetched.</summary>
    public T? Known(Uri address) => Fresh(address) is { Reading.IsCompletedSuccessfully: true } entry ? entry.Reading.Result.Document : null;

    /// <summary>Whether to ask for it would send a request.</summary>
    public bool MustFetch(Uri address) => Fresh(address) is null;

    /// <summary>The document; null where there is none.</summary>
    public async ValueTask<T?> FindAsync(Uri address, CancellationToken ct)
    {
        var entry = Fresh(address) ?? Begin(address);
        return (await entry.Reading.WaitAsync(ct)).Document;
    }

    /// <summary>The document anew, where the one that is known is not quite new. Whoever makes this server look may have nothing to show: what is known stays
    /// until there is a newer one.</summary>
    public async ValueTask<T?> RefreshAsync(Uri address, CancellationToken ct)
    {
        if (Fresh(address) is not { Reading.IsCompletedSuccessfully: true } entry)
        {
            return await FindAsync(address, ct);
        }

        // One sends the request; all who come within the next minute wait for the same.
        var now = clock.GetUtcNow();
        if (now - entry.BegunAt >= Shortest)
        {
            var known = entry;
            var looking = new Entry(now, () => known.Reading, () => FetchAsync(address));
            entry = _known.TryUpdate(address.AbsoluteUri, looking, known) ? looking : Fresh(address) ?? known;
        }

        if (entry.Newer is { } newer && await newer.WaitAsync(ct) is { Document: not null } found)
        {
            _known.TryUpdate(address.AbsoluteUri, new Entry(entry.BegunAt, () => newer), entry);
            return found.Document;
        }

        return (await entry.Reading.WaitAsync(ct)).Document;
    }

    private Entry? Fresh(Uri address) => _known.TryGetValue(address.AbsoluteUri, out var entry) && !IsOver(entry) ? entry : null;

    private bool IsOver(Entry entry) =>
        entry.Reading.IsCompleted && (!entry.Reading.IsCompletedSuccessfully || entry.Reading.Result.Until <= clock.GetUtcNow());

    private Entry Begin(Uri address)
    {
        MakeRoom();
        var next = new Entry(clock.GetUtcNow(), () => FetchAsync(address));
        return _known.AddOrUpdate(address.AbsoluteUri, next, (_, other) => IsOver(other) ? next : other);
    }

    // For all who wait for it, so none of them can call it off.
    private async Task<Found> FetchAsync(Uri address)
    {
        var answer = await client.GetAsync(address, largest, CancellationToken.None);
        var document = answer.Failure is null ? read(address, answer) : null;
        var kept = document is null ? Pause : Bounded(answer.Freshness ?? Usual);
        return new Found(document, clock.GetUtcNow() + kept);
    }

    private static TimeSpan Bounded(TimeSpan kept) => kept < Shortest ? Shortest : kept > Longest ? Longest : kept;

    private void MakeRoom()
    {
        if (_known.Count < Most)
        {
            return;
        }

        foreach (var entry in _known.Where(entry => IsOver(entry.Value)))
        {
            _known.TryRemove(entry);
        }

        if (_known.Count >= Most)
        {
            _known.Clear();
        }
    }

    private sealed record Found(T? Document, DateTimeOffset Until);

    private sealed class Entry(DateTimeOffset begunAt, Func<Task<Found>> fetch, Func<Task<Found>>? refresh = null)
    {
        private readonly Lazy<Task<Found>> _reading = new(fetch);
        private readonly Lazy<Task<Found>>? _newer = refresh is null ? null : new(refresh);

        public DateTimeOffset BegunAt { get; } = begunAt;

        public Task<Found> Reading => _reading.Value;

        /// <summary>What is there by now; null: nobody has looked.</summary>
        public Task<Found>? Newer => _newer?.Value;
    }
}
