using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Applications;

/// <summary>What is wrong with the clients, resources and users of the configuration, each fault with its key.</summary>
public static class ApplicationSettingsCheck
{
    private static readonly string[] Grants = [GrantTypes.AuthorizationCode, GrantTypes.ClientCredentials, GrantTypes.RefreshToken, GrantTypes.TokenExchange];

    // Whoever uses these proves who they are.
    private static readonly string[] ConfidentialGrants = [GrantTypes.ClientCredentials, GrantTypes.TokenExchange];

    private static readonly TimeSpan LongestRefresh = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LongestGrace = TimeSpan.FromMinutes(10);
    private static readonly string[] Taken = ["usr_", "agt_", "agc_", "acct_", "dcr_", "https://"];
    private static readonly string[] ConsentTypes = ["explicit", "systematic", "implicit", "external"];

    public static IEnumerable<string> Faults(AuthServerOptions options, string home)
    {
        var resources = options.Resources.Select(resource => ResourceServer.Canonical(resource.Url ?? "")).ToHashSet(StringComparer.Ordinal);
        return options.Clients.SelectMany((client, i) => OfClient(client, resources, home).Select(fault => $"AuthServer:Clients:{i} ({client.ClientId}): {fault}"))
            .Concat(Repeated(options.Clients.Select(client => client.ClientId).Concat(options.Resources.Select(resource => resource.ClientId))))
            .Concat(options.Resources.SelectMany((resource, i) => OfResource(resource, home).Select(fault => $"AuthServer:Resources:{i}: {fault}")))
            .Concat(options.Users.SelectMany((user, i) => OfUser(user, home).Select(fault => $"AuthServer:Users:{i}: {fault}")));
    }

    private static IEnumerable<string> Repeated(IEnumerable<string?> clientIds) => clientIds
        .OfType<string>().GroupBy(id => id, StringComparer.Ordinal).Where(group => group.Count() > 1)
        .Select(group => $"The client id '{group.Key}' is configured more than once.");

    private static IEnumerable<string> OfClient(ApplicationSettings client, HashSet<string?> resources, string home) =>
        OfIdentity(client, home).Concat(OfRights(client, resources)).Concat(OfAddresses(client)).Concat(OfLifetimes(client));

    private static IEnumerable<string> OfIdentity(ApplicationSettings client, string home)
    {
        if (string.IsNullOrEmpty(client.ClientId) || client.ClientId.Length > Client.LongestId || client.ClientId.Any(c => c is < '!' or > '~'))
        {
            yield return $"ClientId must be 1 to {Client.LongestId} visible ASCII characters.";
        }

        // RFC 9700 §4.15: its id is the sub of the tokens it gets for itself, and must not look like a person's or an agent's.
        if (Taken.FirstOrDefault(prefix => client.ClientId?.StartsWith(prefix, StringComparison.Ordinal) == true) is { } taken)
        {
            yield return $"ClientId must not begin with {taken}, as the ids of people, agents, organizations and clients that introduce themselves do.";
        }

        if (client.ClientId == OwnScopes.ClientId)
        {
            yield return $"ClientId must not be {OwnScopes.ClientId}, which is this server's own.";
        }

        if (client.ClientType is not (null or "public" or "confidential"))
        {
            yield return "ClientType must be public or confidential.";
        }

        if (client.ApplicationType is not ("web" or "native"))
        {
            yield return "ApplicationType must be web or native.";
        }

        var hasSecret = !string.IsNullOrEmpty(client.ClientSecret);
        if (client.ClientType == "public" && (hasSecret || client.Jwks is not null))
        {
            yield return "a public client has neither a secret nor keys.";
        }

        if (client.ClientType == "confidential" && !hasSecret && client.Jwks is null)
        {
            yield return "a confidential client needs ClientSecret or Jwks.";
        }

        if (hasSecret && !SecretReference.TryRead(client.ClientSecret!, home, out _, out var fault))
        {
            yield return $"ClientSecret: {fault}";
        }

        if (client.Jwks is not null && OfKeys(client.Jwks, home) is { } keyFault)
        {
            yield return $"Jwks: {keyFault}";
        }

        if (OfMethod(client, hasSecret) is { } methodFault)
        {
            yield return methodFault;
        }

        if (client.IdTokenSignedResponseAlg is not (null or "RS256" or "ES256" or "PS256"))
        {
            yield return "IdTokenSignedResponseAlg must be RS256, ES256 or PS256.";
        }
    }

    private static string? OfKeys(string jwks, string home) =>
        !SecretReference.TryRead(jwks, home, out var json, out var fault) ? fault
        : JsonWebKeySet.TryParse(json, out _, out var error) ? null : error;

    private static string? OfMethod(ApplicationSettings client, bool hasSecret) => client.TokenEndpointAuthMethod switch
    {
        null => null,
        ClientAuthenticationMethods.None when !hasSecret && client.Jwks is null => null,
        ClientAuthenticationMethods.Basic or ClientAuthenticationMethods.Post when hasSecret => null,
        ClientAuthenticationMethods.PrivateKeyJwt when client.Jwks is not null => null,
        _ => "TokenEndpointAuthMethod does not fit the client's credentials.",
    };

    private static IEnumerable<string> OfRights(ApplicationSettings client, HashSet<string?> resources)
    {
        foreach (var grant in client.GrantTypes.Where(grant => !Grants.Contains(grant)))
        {
            yield return $"GrantTypes: '{grant}' is not supported.";
        }

        foreach (var grant in client.GrantTypes.Where(grant => ConfidentialGrants.Contains(grant) && string.IsNullOrEmpty(client.ClientSecret) && client.Jwks is null))
        {
            yield return $"GrantTypes: {grant} needs a confidential client.";
        }

        if (!ConsentTypes.Contains(client.ConsentType))
        {
            yield return "ConsentType must be explicit, systematic, implicit or external.";
        }

        foreach (var scope in client.Scopes.Where(scope => ScopeNames.Parse(scope) is not [var only] || only != scope))
        {
            yield return $"Scopes: '{scope}' is not a scope.";
        }

        foreach (var scope in client.Scopes.Where(scope => scope.Contains('*', StringComparison.Ordinal) && !ScopeWildcards.IsWildcard(scope)))
        {
            yield return $"Scopes: '{scope}': a * stands for all below a name, as in crm.* or email:*, and nowhere else.";
        }

        foreach (var resource in client.Resources.Concat(client.Audiences).Where(resource => !resources.Contains(ResourceServer.Canonical(resource))))
        {
            yield return $"Resources: '{resource}' is not among AuthServer:Resources.";
        }

        if (!client.RequirePkce && (client.ClientType == "public" || (string.IsNullOrEmpty(client.ClientSecret) && client.Jwks is null)))
        {
            yield return "RequirePkce can be lifted for a confidential client only.";
        }
    }

    private static IEnumerable<string> OfAddresses(ApplicationSettings client)
    {
        var native = client.ApplicationType == "native";
        foreach (var uri in client.RedirectUris.Concat(client.PostLogoutRedirectUris))
        {
            if (RedirectUris.Refuse(uri, native) is { } fault)
            {
                yield return $"the redirect URI '{uri}' {fault}.";
            }
        }

        if (client.GrantTypes.Contains(GrantTypes.AuthorizationCode) && client.RedirectUris.Count == 0)
        {
            yield return "the authorization code grant needs RedirectUris.";
        }
    }

    private static IEnumerable<string> OfLifetimes(ApplicationSettings client)
    {
        if (client.AccessTokenLifetime is { } access && (access <= TimeSpan.Zero || access > TimeSpan.FromDays(1)))
        {
            yield return "AccessTokenLifetime must be more than zero and at most a day.";
        }

        if (client.RefreshAbsolute <= TimeSpan.Zero || client.RefreshIdle < TimeSpan.Zero || client.RefreshGrace < TimeSpan.Zero)
        {
            yield return "RefreshAbsolute must be positive, RefreshIdle and RefreshGrace not negative.";
        }

        if (client.RefreshAbsolute > LongestRefresh || client.RefreshIdle > LongestRefresh || client.RefreshGrace > LongestGrace)
        {
            yield return $"RefreshAbsolute and RefreshIdle must be at most {LongestRefresh}, RefreshGrace at most {LongestGrace}.";
        }
    }

    private static IEnumerable<string> OfResource(AuthServerOptions.ResourceSettings resource, string home)
    {
        if (ResourceServer.Canonical(resource.Url ?? "") is null)
        {
            yield return $"Url '{resource.Url}' is not an absolute URI without fragment.";
        }

        if (resource is { SelfRegisteredClients: true, Scopes.Count: 0 } || (resource.SelfRegisteredClients && resource.Scopes.Any(OwnScopes.All.Contains)))
        {
            yield return "SelfRegisteredClients needs Scopes, and none of this server's own: clients that nobody knows may ask for what is listed.";
        }

        if (string.IsNullOrEmpty(resource.ClientId) != string.IsNullOrEmpty(resource.ClientSecret))
        {
            yield return "ClientId and ClientSecret belong together.";
        }
        else if (!string.IsNullOrEmpty(resource.ClientSecret) && !SecretReference.TryRead(resource.ClientSecret, home, out _, out var fault))
        {
            yield return $"ClientSecret: {fault}";
        }
    }

    private static IEnumerable<string> OfUser(AuthServerOptions.UserSettings user, string home)
    {
        if (user.Email?.Contains('@', StringComparison.Ordinal) != true)
        {
            yield return "Email is missing or no address.";
        }

        if (string.IsNullOrEmpty(user.Password))
        {
            yield return "Password is missing.";
        }
        else if (!SecretReference.TryRead(user.Password, home, out _, out var fault))
        {
            yield return $"Password: {fault}";
        }
    }
}
