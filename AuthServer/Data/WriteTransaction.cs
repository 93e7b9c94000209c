using System.Data.Common;

namespace AuthServer.Data;

/// <summary>What one change may do in its transaction. It is valid only until the change returns.</summary>
public abstract class WriteTransaction
{
    /// <summary>The chain that this transaction's events join.</summary>
    internal abstract LaneUse Lane { get; }

    /// <returns>How many rows were inserted, updated or deleted.</returns>
    public abstract ValueTask<int> ExecuteAsync(Statement statement, params ReadOnlySpan<object?> values);

    /// <summary>All rows of a query, or of a change's RETURNING.</summary>
    public abstract ValueTask<List<T>> QueryAsync<T>(Statement statement, Func<DbDataReader, T> read, params ReadOnlySpan<object?> values);

    /// <summary>Until the commit, holds off everybody who shares or locks this name. Taken before any row.</summary>
    public abstract ValueTask LockAsync(string name);

    /// <summary>Until the commit, holds off everybody who locks one of these names. Taken before any row.</summary>
    public abstract ValueTask ShareAsync(params ReadOnlySpan<string> names);

    /// <summary>Tells the other nodes, if this commits.</summary>
    public abstract ValueTask NotifyAsync(string channel, string message);
}
