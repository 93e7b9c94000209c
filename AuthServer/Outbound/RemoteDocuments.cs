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

    /// <summary>The document anew, where the one that is known is not quite new.</summary>
    public ValueTask<T?> RefreshAsync(Uri address, CancellationToken ct)
    {
        if (Fresh(address) is { } entry && clock.GetUtcNow() - entry.BegunAt >= Shortest)
        {
            _known.TryRemove(new(address.AbsoluteUri, entry));
        }

        return FindAsync(address, ct);
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

    private sealed class Entry(DateTimeOffset begunAt, Func<Task<Found>> fetch)
    {
        private readonly Lazy<Task<Found>> _reading = new(fetch);

        public DateTimeOffset BegunAt { get; } = begunAt;

        public Task<Found> Reading => _reading.Value;
    }
}
