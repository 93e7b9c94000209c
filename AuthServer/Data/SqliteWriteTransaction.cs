using System.Data.Common;

namespace AuthServer.Data;

/// <summary>A change on the writer's own connection. There is no other writer to lock out and no other node to tell.</summary>
internal sealed class SqliteWriteTransaction(SqliteCommands commands, LaneUse lane) : WriteTransaction
{
    internal override LaneUse Lane { get; } = lane;

    public override ValueTask<int> ExecuteAsync(Statement statement, params ReadOnlySpan<object?> values) =>
        new(commands.Execute(statement, values));

    public override ValueTask<List<T>> QueryAsync<T>(Statement statement, Func<DbDataReader, T> read, params ReadOnlySpan<object?> values) =>
        new(commands.List(statement, read, values));

    public override ValueTask LockAsync(string name) => default;

    public override ValueTask ShareAsync(params ReadOnlySpan<string> names) => default;

    public override ValueTask NotifyAsync(string channel, string message) => default;
}
