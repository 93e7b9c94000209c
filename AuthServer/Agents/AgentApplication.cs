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
    public static string WithMethod(string? properties, string? keys) => ((keys is null ? ApplicationExtras.Read(properties) : ApplicationExtras.Read(properties).Unbound()) with
    {
        AuthenticationMethod = keys is null ? null : ClientAuthenticationMethods.PrivateKeyJwt,
        RefreshIdle = TimeSpan.Zero,
        RefreshAbsolute = RefreshAbsolute,
    }).WriteTo(properties);

    /// <summary>Gives it keys that its tokens are bound to, and by which it does not prove itself.</summary>
    /// <param name="setBy">The API key that set them; null: they came with the agent.</param>
    public static void Bind(OpenIddictApplication row, string keys, string? setBy) =>
        row.Properties = (ApplicationExtras.Read(row.Properties) with { BindingKeys = keys, BindingKeysSetBy = setBy }).WriteTo(row.Properties);

    /// <summary>Takes them away; false: it had none.</summary>
    public static bool TryUnbind(OpenIddictApplication row)
    {
        var extras = ApplicationExtras.Read(row.Properties);
        row.Properties = extras.Unbound().WriteTo(row.Properties);
        return extras.BindingKeys is not null;
    }

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
