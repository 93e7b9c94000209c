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
        BindingKeys = keys is null ? ApplicationExtras.Read(properties).BindingKeys : null,
        RefreshIdle = TimeSpan.Zero,
        RefreshAbsolute = RefreshAbsolute,
    }).WriteTo(properties);

    /// <summary>Gives it keys that its tokens are bound to, and by which it does not prove itself.</summary>
    public static void Bind(OpenIddictApplication row, string keys) =>
        row.Properties = (ApplicationExtras.Read(row.Properties) with { BindingKeys = keys }).WriteTo(row.Properties);

    /// <summary>Its key set, whatever its keys are for; null: it has none.</summary>
    public static string? KeysOf(OpenIddictApplication row) => row.JsonWebKeySet ?? ApplicationExtras.Read(row.Properties).BindingKeys;

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
