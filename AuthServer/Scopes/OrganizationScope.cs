using AuthServer.Policies.Engine;

namespace AuthServer.Scopes;

/// <summary>A scope that an organization has defined for its own APIs.</summary>
public sealed class OrganizationScope
{
    public string OrganizationId { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>The name's <see cref="ScopeLikeness"/>: no two of an organization are alike.</summary>
    public string Likeness { get; set; } = "";

    public string Category { get; set; } = "";

    public RiskLevel Risk { get; set; }

    public string Title { get; set; } = "";

    public string Description { get; set; } = "";

    /// <summary>Changes whenever the row does.</summary>
    public string Version { get; set; } = "";
}
