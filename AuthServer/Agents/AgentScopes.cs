using AuthServer.Http.Api;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Agents;

/// <summary>Which scopes an agent or a certificate can be bound to: those that its organization knows, and wildcards that cover one of them.</summary>
public sealed class AgentScopes(ScopeCatalog catalog)
{
    private const int Most = 200;

    /// <param name="field">Where they stand in the request.</param>
    public async ValueTask CheckAsync(
        string organizationId, IReadOnlyList<string?>? scopes, Faults faults, CancellationToken ct, string field = "allowedScopes")
    {
        if (scopes?.Count > Most)
        {
            faults.Add(field, $"Name at most {Most}.");
            return;
        }

        var known = await catalog.KnownAsync(organizationId, ct);
        for (var i = 0; i < scopes?.Count; i++)
        {
            faults.Add($"{field}[{i}]", Refuse(scopes[i], known));
        }
    }

    private static string? Refuse(string? scope, KnownScopes known) =>
        scope is null || ScopeNames.Parse(scope) is not [var only] || only != scope ? "This is not a scope."
        : OwnScopes.All.Contains(scope) ? "This scope is for people who sign in here, not for programs."
        : known.Find(scope) is not null || (ScopeWildcards.IsWildcard(scope) && known.Names.Any(name => ScopeWildcards.Covers(scope, name))) ? null
        : "Nobody here knows this scope: it is not predefined, nor one of your organization's own.";
}
