using AuthServer.Http.Api;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Agents;

/// <summary>Which scopes an agent can be registered with: those that its organization knows, and wildcards that cover one of them.</summary>
public sealed class AgentScopes(ScopeCatalog catalog)
{
    private const int Most = 200;

    public async ValueTask CheckAsync(string organizationId, IReadOnlyList<string?>? scopes, Faults faults, CancellationToken ct)
    {
        if (scopes?.Count > Most)
        {
            faults.Add("allowedScopes", $"Name at most {Most}.");
            return;
        }

        var known = await catalog.KnownAsync(organizationId, ct);
        for (var i = 0; i < scopes?.Count; i++)
        {
            faults.Add($"allowedScopes[{i}]", Refuse(scopes[i], known));
        }
    }

    private static string? Refuse(string? scope, KnownScopes known) =>
        scope is null || ScopeNames.Parse(scope) is not [var only] || only != scope ? "This is not a scope."
        : OwnScopes.All.Contains(scope) ? "This scope is for people who sign in here, not for agents."
        : known.Find(scope) is not null || (ScopeWildcards.IsWildcard(scope) && known.Names.Any(name => ScopeWildcards.Covers(scope, name))) ? null
        : "Nobody here knows this scope: it is not predefined, nor one of your organization's own.";
}
