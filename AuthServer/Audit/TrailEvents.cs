namespace AuthServer.Audit;

/// <summary>What this room itself tells the trail.</summary>
public static class TrailEvents
{
    public const string Exported = "audit.exported";

    /// <summary>An administrator had the whole trail verified.</summary>
    public const string VerificationAsked = "audit.verification_asked";

    public const string RetentionChanged = "audit.retention_changed";
}
