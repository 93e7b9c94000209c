namespace AuthServer.Organizations;

/// <summary>A team that runs agents, <c>acct_…</c>. Organizations see nothing of each other.</summary>
public sealed class Organization
{
    public string Id { get; set; } = "";

    public string Name { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Since when an administrator has it suspended: its agents get no tokens, and its members may only look. Null: it is not.</summary>
    public DateTimeOffset? SuspendedAt { get; set; }

    /// <summary>How many days its part of the trail is kept; null: as long as the installation keeps its own.</summary>
    public int? AuditRetentionDays { get; set; }

    /// <summary>Changes whenever the row does.</summary>
    public string Version { get; set; } = "";
}
