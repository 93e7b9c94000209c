namespace AuthServer.Outbound;

/// <summary>How long nothing may move.</summary>
public sealed class Patience : IDisposable
{
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _either;

    public Patience(TimeSpan length, TimeProvider clock, CancellationToken ct)
    {
        (_length, _timer) = (length, new CancellationTokenSource(length, clock));
        _either = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, ct);
    }

    /// <summary>Ends what has waited too long, and what nobody waits for any more.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Something moved.</summary>
    public void Renew() => _timer.CancelAfter(_length);

    public void Dispose()
    {
        _either.Dispose();
        _timer.Dispose();
    }
}
