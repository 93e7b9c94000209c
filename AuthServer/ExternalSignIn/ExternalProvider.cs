using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.ExternalSignIn;

/// <summary>An OpenID provider by which people can sign in. It holds a secret: it is printed nowhere.</summary>
public sealed class ExternalProvider(string id, string name, Provider definition, AppCredentials credentials)
{
    private const string Tenant = "{tid}";

    /// <summary>One word, in addresses and in the trail.</summary>
    public string Id { get; } = id;

    /// <summary>As people know it.</summary>
    public string Name { get; } = name;

    /// <summary>How the vault speaks with it. The addresses of one that does not come with the server are in its discovery document.</summary>
    public Provider Definition { get; } = definition;

    public string ClientId => credentials.ClientId;

    /// <summary>Where its discovery document is.</summary>
    public required Uri Discovery { get; init; }

    /// <summary>The ID tokens' <c>iss</c>; <c>{tid}</c> in it is the token's own.</summary>
    public required string Issuer { get; init; }

    /// <summary>The claims that tell two of its accounts apart.</summary>
    public required IReadOnlyList<string> SubjectClaims { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Whose accounts may sign in, where the issuer has tenants; empty: everybody's.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>The fields that its addresses need.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();

    /// <summary>The connection, <c>conn_…</c>, that keeps what people agree to; null: tokens are dropped.</summary>
    public string? ConnectionId { get; init; }

    /// <summary>A <c>data:</c> address; null: its first letter is shown.</summary>
    public string? Logo { get; init; }

    /// <summary>What asks for a new sign-in there (OpenID Connect Core §3.1.2.1). Google knows no <c>login</c>.</summary>
    public string NewSignIn => Definition.Family == ProviderFamily.Google.Id ? "select_account" : "login";

    /// <summary>Whether ID tokens may say this issuer.</summary>
    /// <param name="tenant">The token's <c>tid</c>.</param>
    public bool Accepts(string issuer, string? tenant) => !HasTenants ? issuer == Issuer
        : Guid.TryParseExact(tenant, "D", out _)
            && (Tenants.Count == 0 || Tenants.Contains(tenant, StringComparer.OrdinalIgnoreCase))
            && issuer == Issuer.Replace(Tenant, tenant, StringComparison.Ordinal);

    /// <summary>Whether this can be the issuer of an answer that names no tenant beside it.</summary>
    public bool MayIssue(string issuer) => Accepts(issuer, TenantOf(issuer));

    /// <summary>Whether the discovery document is its own (OpenID Connect Discovery §4.3). One for all tenants names none.</summary>
    public bool Publishes(string issuer) => MayIssue(issuer) || (HasTenants && issuer == Issuer.Replace(Tenant, "{tenantid}", StringComparison.Ordinal));

    /// <summary>The provider as the vault's dialect speaks with it; null: it cannot.</summary>
    /// <param name="parameters">Of the authorization request, beside the standard's.</param>
    public ProviderApp? Open(DiscoveryDocument document, string redirectUri, string issuer, IReadOnlyDictionary<string, string> parameters)
    {
        var oauth = Definition.Oauth!;
        var shipped = oauth.Authorize.Url.Length > 0;
        oauth = oauth with
        {
            Authorize = oauth.Authorize with { Url = shipped ? oauth.Authorize.Url : document.AuthorizationEndpoint, Parameters = parameters },
            Token = shipped ? oauth.Token : oauth.Token with { Url = document.TokenEndpoint, ClientAuthentication = document.ClientAuthentication },
        };
        return ProviderApp.Create(Definition with { Oauth = oauth }, credentials, redirectUri, issuer, new ConnectionSettings { Fields = Fields }).App;
    }

    private bool HasTenants => Issuer.Contains(Tenant, StringComparison.Ordinal);

    private string? TenantOf(string issuer)
    {
        var (before, after) = (Issuer.IndexOf(Tenant, StringComparison.Ordinal), Issuer.Length - Tenant.Length);
        return before >= 0 && issuer.Length > after ? issuer.Substring(before, issuer.Length - after) : null;
    }
}
