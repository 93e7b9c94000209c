using System.Data.Common;

namespace AuthServer.Data;

public static class StoredTime
{
    /// <summary>The present, as much of it as every database keeps: microseconds. What is answered at once is then what is read later.</summary>
    public static DateTimeOffset GetStoredNow(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMicrosecond));
    }

    /// <summary>A column that plain SQL reads.</summary>
    internal static DateTimeOffset? Read(DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc));
}
