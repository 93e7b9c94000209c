using AuthServer.Protocol.Clients;

namespace AuthServer.Protocol.Tokens;

/// <summary>What a request asks rights for: scopes and resources, checked against what the client may ask.</summary>
/// <param name="Resources">Canonical; empty: the issuer itself.</param>
public sealed record Target(IReadOnlyList<string> Scopes, IReadOnlyList<string> Resources)
{
    /// <param name="known">The resource servers that tokens can be made for, by canonical URI.</param>
    /// <param name="scopes">The names of the scopes that the client's organization knows: what its wildcards stand for.</param>
    /// <param name="forItself">The client acts for itself, so scopes about a person are not for it.</param>
    public static Result<Target> Resolve(
        Parameters request, Client client, IReadOnlyDictionary<string, ResourceServer> known, IEnumerable<string> scopes, bool forItself)
    {
        if (ResolveResources(request, client, known).Failed(out var error, out var resources))
        {
            return error;
        }

        IReadOnlyList<string>? asked = null;
        if (request["scope"] is { } list && (asked = ScopeNames.Parse(list)) is null)
        {
            return OAuthError.InvalidScope("The scope parameter is malformed.");
        }

        var servers = resources.Select(uri => known.GetValueOrDefault(uri)).OfType<ResourceServer>().ToArray();
        bool Permitted(string scope) => client.MayAsk(scope) && !(forItself && ScopeNames.OfPeople.Contains(scope)) && (ScopeWildcards.IsWildcard(scope) || Understood(scope, servers, client));

        // RFC 6749 §3.3: without a scope parameter the server's default applies: all that the client is registered for here.
        asked ??= [.. client.Scopes.Where(scope => scope != ScopeNames.OfflineAccess && Permitted(scope)).Order(StringComparer.Ordinal)];
        if (asked.Count == 0 && client.IntroducedItself)
        {
            // It has no scopes of its own, and cannot know that it must name one.
            asked = [ScopeNames.OpenId];
        }

        if (asked.Count == 0)
        {
            return OAuthError.InvalidScope("No scope was asked for, and the client has no default.");
        }

        if (asked.FirstOrDefault(scope => !Permitted(scope)) is { } refused)
        {
            return OAuthError.InvalidScope($"The scope '{refused}' is unknown here or not for this client.");
        }

        var named = Concrete(asked, servers, scopes, client);
        return named.Count > 0 ? new Target(named, resources) : OAuthError.InvalidScope("No scope that is known here is covered by what was asked.");
    }

    /// <summary>What people consent to and tokens carry has a name and a risk, and does not grow with the catalogue: wildcards end here.</summary>
    private static IReadOnlyList<string> Concrete(IReadOnlyList<string> asked, ResourceServer[] servers, IEnumerable<string> scopes, Client client) => asked.Any(ScopeWildcards.IsWildcard)
        ? [.. ScopeWildcards.Resolve(asked, scopes.Concat(servers.SelectMany(server => server.Scopes))).Where(scope => Understood(scope, servers, client))]
        : asked;

    /// <summary>The resources asked for, or the default: the client's only one, else the issuer.</summary>
    private static Result<IReadOnlyList<string>> ResolveResources(
        Parameters request, Client client, IReadOnlyDictionary<string, ResourceServer> known)
    {
        // The default is checked like any other: a resource that is gone must not turn into the issuer.
        IReadOnlyList<string> wanted = request.Resources.Count > 0 ? request.Resources : client.Resources.Count == 1 ? [.. client.Resources] : [];
        var resources = new List<string>();
        foreach (var asked in wanted)
        {
            // RFC 8707 §2: unknown, malformed or not for this client: one error for all, so that nothing can be probed.
            if (ResourceServer.Canonical(asked) is not { } uri || !known.TryGetValue(uri, out var server) || !server.IsFor(client))
            {
                return OAuthError.InvalidTarget("The resource is unknown here or not for this client.");
            }

            if (!resources.Contains(uri))
            {
                resources.Add(uri);
            }
        }

        return Result.Of<IReadOnlyList<string>>(resources);
    }

    /// <summary>Without a resource the token is for this server, whose own APIs are not for clients that introduced themselves.</summary>
    private static bool Understood(string scope, ResourceServer[] servers, Client client) =>
        ScopeNames.OfPeople.Contains(scope)
        || (servers.Length == 0 ? !client.IntroducedItself : servers.Any(server => server.Scopes.Count == 0 || server.Scopes.Contains(scope)));
}
