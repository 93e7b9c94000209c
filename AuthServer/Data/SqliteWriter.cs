namespace AuthServer.Data;

/// <summary>All changes of plain SQL, by one thread and connection: whatever waits goes into one transaction, each change under its own
/// savepoint, and the answers leave after the commit. While it waits for the disk, the next batch gathers.</summary>
internal sealed class SqliteWriter(SqliteConnections connections, WriteGate gate, SqliteCheckpoints checkpoints, AuditLanes lanes)
    : IDatabaseWriter, IDisposable
{
    private readonly Lock _starting = new();
    private readonly object _arrival = new();
    private List<WaitingChange> _waiting = [];
    private List<WaitingChange> _taken = [];
    private Thread? _thread;
    private SqliteBatch? _batch;
    private bool _closed;

    /// <summary>How many changes wait for the next commit.</summary>
    public int Waiting
    {
        get
        {
            lock (_arrival)
            {
                return _waiting.Count;
            }
        }
    }

    public Task<bool> TryWriteAsync(Func<WriteTransaction, ValueTask<bool>> change, CancellationToken ct)
    {
        if (_thread is null)
        {
            Start();
        }

        var waiting = new WaitingChange(change, ct);
        lock (_arrival)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Add(waiting);
            if (_waiting.Count == 1)
            {
                Monitor.Pulse(_arrival);
            }
        }

        return waiting.Task;
    }

    /// <summary>Takes no more, and returns when all that waits is on disk.</summary>
    public void Dispose()
    {
        lock (_arrival)
        {
            _closed = true;
            Monitor.Pulse(_arrival);
        }

        _thread?.Join();
    }

    private void Start()
    {
        lock (_starting)
        {
            // A thread of its own, because waiting for the disk must not cost the thread pool one of its few.
            if (_thread is null)
            {
                var thread = new Thread(Work) { IsBackground = true, Name = "database writer" };
                thread.Start();
                _thread = thread;
            }
        }
    }

    private void Work()
    {
        while (Take())
        {
            Write();
            _taken.Clear();
        }

        _batch?.Dispose();
    }

    /// <summary>Waits for changes and takes all there are; false when there will be none.</summary>
    private bool Take()
    {
        lock (_arrival)
        {
            while (_waiting.Count == 0)
            {
                if (_closed)
                {
                    return false;
                }

                Monitor.Wait(_arrival);
            }

            (_waiting, _taken) = (_taken, _waiting);
            return true;
        }
    }

    private void Write()
    {
        try
        {
            Commit();
        }
        catch (Exception e)
        {
            // Whether disk full or damage: nobody's change counts, and the next batch begins on a new connection.
            _batch?.Dispose();
            _batch = null;
            foreach (var change in _taken)
            {
                change.Fail(e);
            }

            return;
        }

        foreach (var change in _taken)
        {
            change.Answer();
        }

        checkpoints.Wrote(_taken.Count);
    }

    private void Commit()
    {
        gate.Enter();
        try
        {
            _batch ??= new SqliteBatch(connections, lanes);
            _batch.Commit(_taken);
        }
        finally
        {
            gate.Leave();
        }
    }
}
