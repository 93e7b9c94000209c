using System.Threading.Channels;
using AuthServer.Protocol.Authorize;

namespace AuthServer.Pages.Portal;

/// <summary>One open stream: whoever has news wakes it. However often that is, it sends one message for all that came meanwhile.</summary>
public sealed class LiveListener(SignedInPerson person, Action<LiveListener> close) : IDisposable
{
    private readonly Channel<bool> _woken = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _ended = new();

    public SignedInPerson Person => person;

    /// <summary>Cancelled when it must end.</summary>
    public CancellationToken Ended => _ended.Token;

    public void Wake() => _woken.Writer.TryWrite(true);

    /// <summary>By whoever ends the session; they do not wait for the stream to be gone.</summary>
    public void End() => _ = _ended.CancelAsync();

    /// <summary>True: there is something new; false: the time has gone by without.</summary>
    public async Task<bool> WaitAsync(TimeSpan most, TimeProvider clock, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(most, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            return await _woken.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose()
    {
        // From here on nobody ends it any more.
        close(this);
        _ended.Dispose();
    }
}
