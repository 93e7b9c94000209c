using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Keeps the <see cref="RevocationIndex"/> equal to what is stored. While the bus to other nodes is lost it is not current,
/// and whoever verifies awaits <see cref="CatchUpAsync"/> first.</summary>
public sealed class RevocationFeed(IDatabaseReader reader, RevocationIndex index, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private long _begun;
    private long _done;
    private volatile bool _isCurrent;

    /// <summary>An entry came from another process.</summary>
    internal event Action<Revocation>? Received;

    /// <summary><see cref="IsCurrent"/> was set.</summary>
    internal event Action<bool>? CurrentChanged;

    /// <summary>False: something may have ended that the index does not know.</summary>
    public bool IsCurrent
    {
        get => _isCurrent;
        internal set
        {
            _isCurrent = value;
            CurrentChanged?.Invoke(value);
        }
    }

    /// <summary>Returns when the index knows all that was stored before the call. Costs nothing while the feed is current.</summary>
    public ValueTask CatchUpAsync(CancellationToken ct) => _isCurrent ? ValueTask.CompletedTask : new ValueTask(LoadAsync(ct));

    /// <summary>Reads the table. Callers that come while it is being read share the next reading.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        var begunBefore = Volatile.Read(ref _begun);
        await _one.WaitAsync(ct);
        try
        {
            // A reading that began after this call, and is done, has seen all that this call must see.
            if (_done > begunBefore)
            {
                return;
            }

            var reading = Interlocked.Increment(ref _begun);
            foreach (var entry in await StoredRevocations.ListAsync(reader, time.GetUtcNow(), ct))
            {
                index.Add(entry);
            }

            _done = reading;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    internal void Add(Revocation entry)
    {
        index.Add(entry);
        Received?.Invoke(entry);
    }
}
