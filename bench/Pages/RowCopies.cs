using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace AuthServer.Bench.Pages;

/// <summary>Rows like one that is there, in which what must differ differs: the last text of each unique index.</summary>
internal sealed class RowCopies(string database)
{
    /// <param name="count">How many.</param>
    /// <param name="where">Which row; the first that fits.</param>
    /// <param name="set">Columns that differ besides, and how; null: as unique ones do.</param>
    public async Task AddAsync(int count, string table, string where, params (string Column, string? Value)[] set)
    {
        // The server's own module initializer decides which SQLite library is used.
        RuntimeHelpers.RunModuleConstructor(typeof(AuthServerOptions).Module.ModuleHandle);
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database, ForeignKeys = false }.ConnectionString);
        await connection.OpenAsync();
        var columns = await ReadAsync(connection, $"SELECT name, type FROM pragma_table_info('{table}')");
        var types = columns.ToDictionary(column => column.First, column => column.Second);
        var unique = (await ReadAsync(
                connection, $"SELECT list.name, info.name FROM pragma_index_list('{table}') list, pragma_index_info(list.name) info WHERE list.\"unique\" ORDER BY list.name, info.seqno"))
            .GroupBy(pair => pair.First, pair => pair.Second).Select(index => index.Last()).Concat(set.Where(one => one.Value is null).Select(one => one.Column)).ToHashSet();
        var values = columns.Select(column => set.FirstOrDefault(one => one.Column == column.First).Value
            ?? (unique.Contains(column.First) ? Differing(column.First, types[column.First]) : $"\"{column.First}\""));
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}), one AS (SELECT * FROM \"{table}\" WHERE {where} LIMIT 1) "
            + $"INSERT INTO \"{table}\" ({string.Join(", ", columns.Select(column => $"\"{column.First}\""))}) SELECT {string.Join(", ", values)} FROM one, n";
        if (await command.ExecuteNonQueryAsync() is var made && made != count)
        {
            throw new InvalidOperationException($"{table} got {made} rows.");
        }
    }

    private static string Differing(string column, string type) => type switch
    {
        "INTEGER" => $"\"{column}\" + 1000000 + i",
        "BLOB" => "randomblob(32)",

        // An id may itself end in five figures, and looks like one still.
        _ => $"substr(\"{column}\", 1, length(\"{column}\") - 8) || printf('fff%05d', i)",
    };

    private static async Task<List<(string First, string Second)>> ReadAsync(SqliteConnection connection, string query)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        await using var reader = await command.ExecuteReaderAsync();
        List<(string First, string Second)> rows = [];
        while (await reader.ReadAsync())
        {
            rows.Add((reader.GetString(0), reader.GetString(1)));
        }

        return rows;
    }
}
