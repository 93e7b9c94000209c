using AuthServer.Protocol.Tokens;

namespace AuthServer.Agents;

/// <summary>Which scopes an agent can be registered with.</summary>
public static class AgentScopes
{
    private const int Longest = 100;

    /// <summary>Why it cannot be registered with this one, in a sentence; null when it can.</summary>
    public static string? Refuse(string? scope) =>
        scope is null or { Length: > Longest } || ScopeNames.Parse(scope) is not [var only] || only != scope ? $"This is not a scope: 1 to {Longest} visible characters without quotation marks, backslashes and spaces."
        : OwnScopes.All.Contains(scope) ? "This scope is for people who sign in here, not for agents."
        : scope.Contains('*', StringComparison.Ordinal) && !IsWildcard(scope) ? "A * can only be the whole last segment, as in crm.* or email:*."
        : null;

    private static bool IsWildcard(string scope) =>
        scope is [not ('.' or ':' or '*'), .., '.' or ':', '*'] && scope.IndexOf('*', StringComparison.Ordinal) == scope.Length - 1;
}
