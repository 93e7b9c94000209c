namespace AuthServer.Data;

/// <summary>The writer's connection, and how many changes become one commit on it.</summary>
internal sealed class SqliteBatch : IDisposable
{
    // SqliteCheckpoints does them.
    private static readonly Statement NoCheckpoints = new("PRAGMA wal_autocheckpoint=0");
    private static readonly Statement Begin = new("BEGIN IMMEDIATE");
    private static readonly Statement End = new("COMMIT");
    private static readonly Statement Savepoint = new("SAVEPOINT change");
    private static readonly Statement Keep = new("RELEASE change");
    private static readonly Statement Undo = new("ROLLBACK TO change");

    private readonly SqliteCommands _commands;
    private readonly SqliteWriteTransaction _transaction;
    private readonly LaneUse _lane;

    public SqliteBatch(SqliteConnections connections, AuditLanes lanes)
    {
        _commands = new SqliteCommands(connections.Open());
        _lane = new LaneUse(lanes);
        _transaction = new SqliteWriteTransaction(_commands, _lane);
        _commands.Execute(NoCheckpoints);
    }

    /// <summary>Returns when all that succeeded is on disk; throws when none of it is.</summary>
    public void Commit(List<WaitingChange> changes)
    {
        try
        {
            Run(changes);
        }
        catch
        {
            _lane.Undo();
            throw;
        }

        try
        {
            _commands.Execute(End);
        }
        catch (Exception e)
        {
            _lane.Fail(e);
            throw;
        }

        _lane.Commit();
    }

    public void Dispose() => _commands.Dispose();

    private void Run(List<WaitingChange> changes)
    {
        _commands.Execute(Begin);
        foreach (var change in changes)
        {
            if (change.LeftEarly())
            {
                continue;
            }

            _commands.Execute(Savepoint);
            var mark = _lane.Mark;
            if (!change.Run(_transaction))
            {
                // Throws when the failure has taken the whole transaction with it, as a full disk does.
                _commands.Execute(Undo);
                _lane.Reset(mark);
            }

            _commands.Execute(Keep);
        }
    }
}
