namespace AuthServer.Audit;

/// <summary>What this room itself tells the trail.</summary>
public static class TrailEvents
{
    public const string Exported = "audit.exported";
    public const string RetentionChanged = "audit.retention_changed";
}
