using AuthServer.Policies.Engine;

namespace AuthServer.Scopes;

/// <summary>One scope as a person reads it.</summary>
/// <param name="Category">Lower case; what nobody has sorted is in <c>other</c>.</param>
/// <param name="Title">What it lets an agent do, as an imperative; the name where nobody has said it.</param>
/// <param name="Description">What that can lead to, in one sentence.</param>
public sealed record ScopeLine(string Name, string Category, RiskLevel Risk, string Title, string Description, ScopeOrigin Origin)
{
    public const string OtherCategory = "other";
    public const string Undescribed = "Nobody has described what this allows. Ask who runs the application before you allow it.";

    /// <summary>A scope that nobody has described: it may do anything, so it is taken for dangerous.</summary>
    public static ScopeLine Unknown(string name) => new(name, OtherCategory, RiskLevel.High, name, Undescribed, ScopeOrigin.Nobody);
}

/// <summary>Who says what a scope means.</summary>
public enum ScopeOrigin
{
    /// <summary>It comes with this server.</summary>
    Predefined,

    /// <summary>A row of OpenIddict's scopes.</summary>
    Operator,

    Organization,

    Nobody,
}
