using AuthServer.Applications;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;

namespace AuthServer.Agents;

/// <summary>The OAuth client that an agent is: confidential, with PKCE, asking people for their consent.</summary>
internal static class AgentApplication
{
    private static readonly TimeSpan RefreshAbsolute = TimeSpan.FromDays(30);

    /// <param name="keys">The key set by which it proves itself; null: by a secret.</param>
    public static OpenIddictApplication Create(string? keys, DateTimeOffset now) => new()
    {
        Id = Guid.NewGuid().ToString(),
        ClientId = Identifiers.New("agc_", now),
        ApplicationType = "web",
        ClientType = "confidential",
        ConsentType = "explicit",
        JsonWebKeySet = keys,
        Requirements = ApplicationMapping.Json([ApplicationMapping.RequiresPkce]),
        Properties = WithMethod(null, keys),
        ConcurrencyToken = NewVersion(),
    };

    public static string NewVersion() => Guid.NewGuid().ToString();

    /// <summary>Its properties, saying how it proves itself.</summary>
    /// <param name="keys">Null: by a secret.</param>
    public static string WithMethod(string? properties, string? keys) => (ApplicationExtras.Read(properties) with
    {
        AuthenticationMethod = keys is null ? null : ClientAuthenticationMethods.PrivateKeyJwt,
        RefreshIdle = TimeSpan.Zero,
        RefreshAbsolute = RefreshAbsolute,
    }).WriteTo(properties);

    public static void SetRedirectUris(OpenIddictApplication row, IEnumerable<string?> uris) =>
        row.RedirectUris = ApplicationMapping.Json(uris.OfType<string>().Distinct(StringComparer.Ordinal));

    public static void SetScopes(OpenIddictApplication row, IEnumerable<string?> scopes) =>
        row.Permissions = ApplicationMapping.Json(ApplicationMapping.Permissions(new ApplicationSettings
        {
            GrantTypes =
            [
                GrantTypes.AuthorizationCode, GrantTypes.RefreshToken, GrantTypes.ClientCredentials, GrantTypes.JwtBearer, GrantTypes.TokenExchange, GrantTypes.AgentDelegation,
            ],
            Scopes = [.. scopes.OfType<string>().Distinct(StringComparer.Ordinal)],
        }));
}
