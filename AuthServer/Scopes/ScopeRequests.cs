using AuthServer.Policies.Engine;

namespace AuthServer.Scopes;

/// <summary>A scope that an organization defines.</summary>
public sealed class NewScope
{
    /// <summary>1 to 100 letters, digits and . : _ / -, and not like a scope that is known already.</summary>
    public string? Name { get; set; }

    /// <summary>What it lets an agent do, in plain words; the name when absent.</summary>
    public string? Title { get; set; }

    /// <summary>What that can lead to, in one sentence.</summary>
    public string? Description { get; set; }

    /// <summary>Lower case; <c>custom</c> when absent.</summary>
    public string? Category { get; set; }

    /// <summary>When absent: high.</summary>
    public RiskLevel? RiskLevel { get; set; }
}

/// <summary>What is to change of an organization's scope; what is absent stays.</summary>
public sealed class ScopeChange
{
    public string? Title { get; set; }

    public string? Description { get; set; }

    public string? Category { get; set; }

    public RiskLevel? RiskLevel { get; set; }
}

/// <summary>Scopes and wildcards to resolve.</summary>
public sealed class ScopesToResolve
{
    public IReadOnlyList<string>? Scopes { get; set; }
}

/// <param name="Scopes">Concrete and known, in the order in which they were asked for.</param>
/// <param name="Unknown">Names that nobody has described, and wildcards under which nothing is known.</param>
public sealed record ResolvedScopes(IReadOnlyList<string> Scopes, IReadOnlyList<string> Unknown);
