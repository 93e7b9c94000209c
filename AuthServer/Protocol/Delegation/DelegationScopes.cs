using System.Text.RegularExpressions;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Delegation;

/// <summary>The three forms of a scope in a delegation chain, told apart by their characters alone: a literal (<c>crm.read</c>), a wildcard
/// (<c>crm.*</c>), or opaque, which is any other scope of RFC 6749 without an asterisk (<c>email:send</c>, <c>openid</c>).</summary>
public static partial class DelegationScopes
{
    /// <summary>Whether a token of a chain may say it.</summary>
    public static bool IsValid(string scope) => IsStructured(scope) || (ScopeNames.IsOne(scope) && !scope.Contains('*', StringComparison.Ordinal));

    /// <summary>Whether who holds the one may hand on the other. On literals and wildcards the house's wildcards say the same; an opaque scope is covered
    /// by itself alone, also where a wildcard's name begins it.</summary>
    public static bool Covers(string held, string asked) => held == asked || (IsStructured(asked) && ScopeWildcards.Covers(held, asked));

    private static bool IsStructured(string scope) => Structured().IsMatch(scope);

    [GeneratedRegex(@"\A[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*\.([a-z][a-z0-9_-]*|\*)\z")]
    private static partial Regex Structured();
}
