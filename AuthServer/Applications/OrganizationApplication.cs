namespace AuthServer.Applications;

/// <summary>That an OAuth client is an organization's own, and whether it may act. What it is stands in OpenIddict's row.</summary>
public sealed class OrganizationApplication
{
    /// <summary>Of client ids: <c>app_…</c></summary>
    public const string Prefix = "app_";

    /// <summary>The row of OpenIddict's table.</summary>
    public string ApplicationId { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    public ApplicationKind Kind { get; set; }

    /// <summary>Who made it, <c>usr_…</c></summary>
    public string CreatedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Null: it may act.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>For good. The row stays, so that people can see what it was.</summary>
    public DateTimeOffset? RemovedAt { get; set; }

    /// <summary>Changes whenever the row does.</summary>
    public string Version { get; set; } = "";
}

/// <summary>What kind of application it is: its client type and grants follow from that. The numbers are stored.</summary>
public enum ApplicationKind
{
    /// <summary>Runs on a server, and keeps a secret there.</summary>
    Web = 1,

    /// <summary>Runs in the browser: no secret.</summary>
    Browser = 2,

    /// <summary>Is installed on a phone or computer: no secret.</summary>
    Native = 3,

    /// <summary>No person takes part.</summary>
    Machine = 4,
}
