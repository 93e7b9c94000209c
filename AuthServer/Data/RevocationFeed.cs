using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Keeps the <see cref="RevocationIndex"/> equal to what is stored. Where the bus to other nodes is lost, it is not current,
/// and whoever verifies calls <see cref="CatchUpAsync"/> first.</summary>
public sealed class RevocationFeed(IDatabaseReader reader, RevocationIndex index, TimeProvider clock) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);
    private long _started;
    private long _completed;
    private volatile bool _isCurrent = true;

    /// <summary>An entry that came from another process.</summary>
    internal event Action<Revocation>? Received;

    /// <summary>Tells when <see cref="IsCurrent"/> changes.</summary>
    internal event Action<bool>? CurrentChanged;

    /// <summary>False: something may be ended that the index does not know.</summary>
    public bool IsCurrent
    {
        get => _isCurrent;
        internal set
        {
            _isCurrent = value;
            CurrentChanged?.Invoke(value);
        }
    }

    /// <summary>Returns when the index knows everything that was stored before the call. Costs nothing while the feed is current.</summary>
    public ValueTask CatchUpAsync(CancellationToken ct) => _isCurrent ? ValueTask.CompletedTask : new ValueTask(LoadAsync(ct));

    /// <summary>Reads the table. Callers that come while it is being read share the next reading.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        var began = Interlocked.Read(ref _started);
        await _one.WaitAsync(ct);
        try
        {
            if (_completed <= began)
            {
                var reading = Interlocked.Increment(ref _started);
                foreach (var entry in await StoredRevocations.ListAsync(reader, clock.GetUtcNow(), ct))
                {
                    index.Add(entry);
                }

                _completed = reading;
            }
        }
        finally
        {
            _one.Release();
        }
    }

    internal void Add(Revocation entry)
    {
        index.Add(entry);
        Received?.Invoke(entry);
    }

    public void Dispose() => _one.Dispose();
}
