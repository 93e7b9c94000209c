using AuthServer.Http.Api;
using AuthServer.Policies.Engine;

namespace AuthServer.Scopes;

/// <summary>A scope as the REST API shows it.</summary>
/// <param name="Scope">The same as the name.</param>
/// <param name="Custom">Whether it is the organization's own.</param>
public record ScopeItem(string Name, string Scope, string Category, RiskLevel RiskLevel, string Title, string Description, bool Custom)
{
    public static ScopeItem Of(ScopeLine line) =>
        new(line.Name, line.Name, line.Category, line.Risk, line.Title, line.Description, line.Origin == ScopeOrigin.Organization);
}

/// <summary>An organization's own scope, which it can change.</summary>
public sealed record OwnScopeItem(string Name, string Category, RiskLevel RiskLevel, string Title, string Description, string Version)
    : ScopeItem(Name, Name, Category, RiskLevel, Title, Description, true), IVersioned
{
    public static OwnScopeItem Of(OrganizationScope row) => new(row.Name, row.Category, row.Risk, row.Title, row.Description, row.Version);
}
