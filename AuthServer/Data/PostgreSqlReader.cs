using System.Data.Common;
using Npgsql;

namespace AuthServer.Data;

/// <summary>Reads on pooled connections.</summary>
internal sealed class PostgreSqlReader(NpgsqlDataSource source) : IDatabaseReader
{
    public async ValueTask<T?> FindAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct)
    {
        await using var command = source.CreateCommand().With(statement, values);
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await rows.ReadAsync(ct) ? read(rows) : default;
    }

    public async ValueTask<List<T>> ListAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct)
    {
        await using var command = source.CreateCommand().With(statement, values);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var list = new List<T>();
        while (await rows.ReadAsync(ct))
        {
            list.Add(read(rows));
        }

        return list;
    }
}
