namespace AuthServer.Data;

/// <summary>SQL for both databases: quoted identifiers, parameters <c>$1</c>, <c>$2</c>, … in order. Kept in static fields, because
/// connections keep one prepared command for each instance.</summary>
public sealed class Statement(string sql)
{
    public string Sql { get; } = sql;

    /// <summary>Times are bound as EF stores them: the UTC DateTime.</summary>
    internal static object Bound(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset time => time.UtcDateTime,
        _ => value,
    };
}
