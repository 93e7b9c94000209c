using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace AuthServer.Data;

/// <summary>Moves what the write-ahead log holds into the database, beside the writer instead of in its commits: a commit that
/// checkpoints makes everybody behind it wait for two more syncs of the disk.</summary>
internal sealed partial class SqliteCheckpoints(SqliteConnections connections, WriteGate gate, ILogger<SqliteCheckpoints> logger) : IDisposable
{
    private const int ChangesBetween = 1_000;

    // Of 4 KiB. While changes keep coming the log never empties by itself; at this length they wait until it has.
    private const long LongestLog = 20_000;

    // Moves what it can while others write, and answers whether it was hindered, the log's length, and how much of it was moved.
    private static readonly Statement Passive = new("PRAGMA wal_checkpoint(PASSIVE)");
    private static readonly Statement Restart = new("PRAGMA wal_checkpoint(RESTART)");

    private readonly Lock _starting = new();
    private readonly AutoResetEvent _due = new(false);
    private Thread? _thread;
    private int _changes;
    private volatile bool _closed;

    /// <summary>The writer has committed this many changes.</summary>
    public void Wrote(int changes)
    {
        _changes += changes;
        if (_changes < ChangesBetween)
        {
            return;
        }

        _changes = 0;
        Start();
        _due.Set();
    }

    public void Dispose()
    {
        _closed = true;
        _due.Set();
        _thread?.Join();
        _due.Dispose();
    }

    private void Start()
    {
        lock (_starting)
        {
            if (_thread is null)
            {
                _thread = new Thread(Work) { IsBackground = true, Name = "database checkpoints" };
                _thread.Start();
            }
        }
    }

    private void Work()
    {
        while (_due.WaitOne() && !_closed)
        {
            try
            {
                using var commands = new SqliteCommands(connections.Open());
                Checkpoint(commands);
            }
            catch (DbException e)
            {
                // The log only grows meanwhile; what stands in it is safe.
                Log.Failed(logger, e);
            }
        }
    }

    private void Checkpoint(SqliteCommands commands)
    {
        if (commands.Find(Passive, Length, []) <= LongestLog)
        {
            return;
        }

        gate.Enter();
        try
        {
            // Only what came since the line above is left to move; then the next commit begins the log anew.
            commands.Find(Restart, Length, []);
        }
        finally
        {
            gate.Leave();
        }
    }

    private static long Length(DbDataReader row) => row.GetInt64(1);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The write-ahead log could not be moved into the database. It is tried again with the next changes.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
