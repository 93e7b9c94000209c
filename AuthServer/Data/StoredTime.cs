namespace AuthServer.Data;

public static class StoredTime
{
    /// <summary>The present, as much of it as every database keeps: microseconds. What is answered at once is then what is read later.</summary>
    public static DateTimeOffset GetStoredNow(this TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMicrosecond));
    }
}
