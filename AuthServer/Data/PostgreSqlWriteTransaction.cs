using System.Data.Common;
using Npgsql;

namespace AuthServer.Data;

/// <summary>A change on a pooled connection. Locks by name are PostgreSQL's advisory locks, which end with the transaction.</summary>
internal sealed class PostgreSqlWriteTransaction(NpgsqlConnection connection, NpgsqlTransaction transaction, LaneUse lane) : WriteTransaction
{
    private static readonly Statement Alone = new("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))");
    private static readonly Statement Shared = new("SELECT pg_advisory_xact_lock_shared(hashtextextended(name, 0)) FROM unnest($1) AS name");
    private static readonly Statement Notify = new("SELECT pg_notify($1, $2)");

    internal override LaneUse Lane { get; } = lane;

    public override ValueTask<int> ExecuteAsync(Statement statement, params ReadOnlySpan<object?> values) =>
        ExecuteAsync(Command(statement, values));

    public override ValueTask<List<T>> QueryAsync<T>(Statement statement, Func<DbDataReader, T> read, params ReadOnlySpan<object?> values) =>
        QueryAsync(Command(statement, values), read);

    public override ValueTask LockAsync(string name) => RunAsync(Command(Alone, name));

    public override ValueTask ShareAsync(params ReadOnlySpan<string> names) => RunAsync(Command(Shared, [names.ToArray()]));

    public override ValueTask NotifyAsync(string channel, string message) => RunAsync(Command(Notify, channel, message));

    private static async ValueTask RunAsync(NpgsqlCommand command) => await ExecuteAsync(command);

    private static async ValueTask<int> ExecuteAsync(NpgsqlCommand command)
    {
        await using (command)
        {
            return await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private static async ValueTask<List<T>> QueryAsync<T>(NpgsqlCommand command, Func<DbDataReader, T> read)
    {
        await using (command)
        {
            await using var rows = await command.ExecuteReaderAsync(CancellationToken.None);
            var list = new List<T>();
            while (await rows.ReadAsync(CancellationToken.None))
            {
                list.Add(read(rows));
            }

            return list;
        }
    }

    private NpgsqlCommand Command(Statement statement, params ReadOnlySpan<object?> values) =>
        new NpgsqlCommand { Connection = connection, Transaction = transaction }.With(statement, values);
}
