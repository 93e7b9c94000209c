using System.Security.Cryptography;

namespace AuthServer.Jose;

/// <summary>
/// Lends instances of one key. The framework promises thread safety for none of its key classes, and a lock would make all
/// signatures wait for one another, so each caller has an instance to itself.
/// </summary>
internal sealed class KeyPool(Func<AsymmetricAlgorithm> create)
{
    // Idle instances kept. More callers than this at once are rare and pay for an import each.
    private readonly AsymmetricAlgorithm?[] _idle = new AsymmetricAlgorithm?[32];
    private volatile bool _closed;

    public AsymmetricAlgorithm Rent()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        // Starting at the own processor's slot finds an instance that is warm in its cache and seldom contended.
        var first = Thread.GetCurrentProcessorId();
        for (var i = 0; i < _idle.Length; i++)
        {
            ref var slot = ref Slot(first + i);
            if (slot is not null && Interlocked.Exchange(ref slot, null) is { } key)
                return key;
        }
        return create();
    }

    public void Return(AsymmetricAlgorithm key)
    {
        var first = Thread.GetCurrentProcessorId();
        for (var i = 0; i < _idle.Length && !_closed; i++)
        {
            ref var slot = ref Slot(first + i);
            if (slot is not null || Interlocked.CompareExchange(ref slot, key, null) is not null)
                continue;
            if (_closed) // Close may have passed this slot already.
                Interlocked.Exchange(ref slot, null)?.Dispose();
            return;
        }
        key.Dispose();
    }

    /// <summary>Frees what is idle now and the rest as it comes back. A pool that is only dropped is freed by its handles' finalizers.</summary>
    public void Close()
    {
        _closed = true;
        for (var i = 0; i < _idle.Length; i++)
            Interlocked.Exchange(ref _idle[i], null)?.Dispose();
    }

    private ref AsymmetricAlgorithm? Slot(int index) => ref _idle[(index & int.MaxValue) % _idle.Length];
}
