using Npgsql;

namespace AuthServer.Data;

internal static class PostgreSqlCommands
{
    /// <summary>With the statement's parameters by position, as PostgreSQL itself numbers them: the driver need not rewrite the text.</summary>
    public static NpgsqlCommand With(this NpgsqlCommand command, Statement statement, ReadOnlySpan<object?> values)
    {
#pragma warning disable CA2100 // a Statement is a constant
        command.CommandText = statement.Sql;
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = Statement.Bound(value) });
        }

        return command;
    }
}
