namespace AuthServer.Data;

/// <summary>A change in the writer's queue, what became of it, and the caller who waits for the commit.</summary>
internal sealed class WaitingChange(Func<WriteTransaction, ValueTask<bool>> change, CancellationToken ct)
    : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private bool _answer;
    private Exception? _failure;

    /// <summary>Whether the caller left before the change began; then it is not run.</summary>
    public bool Cancelled { get; private set; }

    /// <summary>Runs the change; true when what it did is to be kept.</summary>
    public bool Run(WriteTransaction transaction)
    {
        try
        {
            var running = change(transaction);

            // On SQLite everything a change may await is done at once. Whoever awaits something else makes everybody wait.
            return _answer = running.IsCompleted ? running.Result : running.AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            // The caller's own: the neighbours go on.
            _failure = e;
            return false;
        }
    }

    public bool LeftEarly() => Cancelled = ct.IsCancellationRequested;

    /// <summary>After the commit.</summary>
    public void Answer()
    {
        if (Cancelled)
        {
            TrySetCanceled(ct);
        }
        else if (_failure is not null)
        {
            TrySetException(_failure);
        }
        else
        {
            TrySetResult(_answer);
        }
    }

    /// <summary>The commit failed, and with it everything in it.</summary>
    public void Fail(Exception failure) => TrySetException(_failure ?? failure);
}
