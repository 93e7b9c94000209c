using System.Collections.Concurrent;
using System.Data.Common;

namespace AuthServer.Data;

/// <summary>Reads on a few connections that stay open with their prepared commands; write-ahead logging keeps them out of the writer's way.</summary>
internal sealed class SqliteReader(SqliteConnections connections) : IDatabaseReader, IDisposable
{
    private readonly ConcurrentBag<SqliteCommands> _idle = [];

    public ValueTask<T?> FindAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct) =>
        new(Read(commands => commands.Find(statement, read, values)));

    public ValueTask<List<T>> ListAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct) =>
        new(Read(commands => commands.List(statement, read, values)));

    public void Dispose()
    {
        while (_idle.TryTake(out var commands))
        {
            commands.Dispose();
        }
    }

    private T Read<T>(Func<SqliteCommands, T> read)
    {
        if (!_idle.TryTake(out var commands))
        {
            commands = new SqliteCommands(connections.Open());
        }

        try
        {
            var answer = read(commands);
            _idle.Add(commands);
            return answer;
        }
        catch
        {
            // Nobody knows what is wrong with it.
            commands.Dispose();
            throw;
        }
    }
}
