using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace AuthServer.Data;

/// <summary>One connection and its prepared commands. Used by one thread at a time; SQLite answers synchronously.</summary>
internal sealed class SqliteCommands(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<Statement, SqliteCommand> _prepared = [];

    public int Execute(Statement statement, params ReadOnlySpan<object?> values) => Command(statement, values).ExecuteNonQuery();

    public T? Find<T>(Statement statement, Func<DbDataReader, T> read, ReadOnlySpan<object?> values)
    {
        using var rows = Command(statement, values).ExecuteReader();
        return rows.Read() ? read(rows) : default;
    }

    public List<T> List<T>(Statement statement, Func<DbDataReader, T> read, ReadOnlySpan<object?> values)
    {
        using var rows = Command(statement, values).ExecuteReader();
        var list = new List<T>();
        while (rows.Read())
        {
            list.Add(read(rows));
        }

        return list;
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Command(Statement statement, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(statement, out var command))
        {
            command = connection.CreateCommand();
#pragma warning disable CA2100 // a Statement is a constant
            command.CommandText = statement.Sql;
#pragma warning restore CA2100
            for (var i = 1; i <= values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter("$" + i.ToString(CultureInfo.InvariantCulture), null));
            }

            _prepared.Add(statement, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = Statement.Bound(values[i]);
        }

        return command;
    }
}
