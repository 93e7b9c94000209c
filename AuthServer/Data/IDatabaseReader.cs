using System.Data.Common;

namespace AuthServer.Data;

/// <summary>Plain SQL that only reads, on connections of its own: for what is read often.</summary>
public interface IDatabaseReader
{
    /// <summary>The first row, or the default.</summary>
    ValueTask<T?> FindAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct);

    ValueTask<List<T>> ListAsync<T>(Statement statement, Func<DbDataReader, T> read, object?[] values, CancellationToken ct);
}
