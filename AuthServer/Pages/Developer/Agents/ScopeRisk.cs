using AuthServer.Policies.Engine;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Pages.Developer.Agents;

internal static class ScopeRisk
{
    /// <summary>A wildcard is as dangerous as the worst below it.</summary>
    public static RiskLevel Of(KnownScopes known, string scope) => ScopeWildcards.IsWildcard(scope)
        ? known.All.Where(line => ScopeWildcards.Covers(scope, line.Name)).Select(line => line.Risk).DefaultIfEmpty(RiskLevel.High).Max()
        : known.Describe(scope).Risk;
}
