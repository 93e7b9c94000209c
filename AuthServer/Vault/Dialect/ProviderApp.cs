using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Dialect;

/// <summary>A connection as its provider knows it: the OAuth app, where its addresses lead, and what they need. It holds a secret: it is printed nowhere.</summary>
public sealed record ProviderApp
{
    private ProviderApp()
    {
    }

    public required Provider Provider { get; init; }

    public required OAuthRules OAuth { get; init; }

    public required string ClientId { get; init; }

    /// <summary>Null: a public client.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>Where the provider sends people back to.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>This server's own address.</summary>
    public required string Issuer { get; init; }

    public required IReadOnlyDictionary<string, string> Fields { get; init; }

    public required ConnectionSettings Settings { get; init; }

    /// <summary>An app, or why it can do nothing.</summary>
    public static (ProviderApp? App, ProviderFault? Fault) Create(Provider provider, AppCredentials credentials, string redirectUri, string issuer, ConnectionSettings settings)
    {
        if (provider.Oauth is not { } oauth || string.IsNullOrEmpty(credentials.ClientId))
        {
            return (null, ProviderFaults.NoApp);
        }

        if (FilledAddress.ReadFields(provider, settings) is not { } fields)
        {
            return (null, ProviderFaults.FieldMissing);
        }

        return (new ProviderApp
        {
            Provider = provider,
            OAuth = oauth,
            ClientId = credentials.ClientId,
            ClientSecret = string.IsNullOrEmpty(credentials.ClientSecret) ? null : credentials.ClientSecret,
            RedirectUri = settings.RedirectUri ?? redirectUri,
            Issuer = issuer,
            Fields = fields,

            // The secret of an app that all share goes nowhere but to the provider itself.
            Settings = credentials.IsShared ? settings with { AuthorizationUrl = null, TokenUrl = null } : settings,
        }, null);
    }

    public string? AuthorizeUrl => Settings.AuthorizationUrl ?? Filled(OAuth.Authorize.Url);

    public string? TokenUrl => Settings.TokenUrl ?? Filled(OAuth.Token.Url);

    public string? RefreshUrl => OAuth.Refresh.Url is { } url && Settings.TokenUrl is null ? Filled(url) : TokenUrl;

    /// <summary>Whether PKCE is used (RFC 7636): always but where the definition says that it is not.</summary>
    public bool UsesPkce => OAuth.Flow == OAuthFlow.Code && (OAuth.Authorize.Pkce.IsSent()
        || (OAuth.Authorize.Pkce == PkceMode.PublicOnly && ClientSecret is null));

    /// <summary>The value of a placeholder that is the connection's.</summary>
    public string? Value(string name) => name switch
    {
        Placeholders.ClientId => ClientId,
        Placeholders.ClientSecret => ClientSecret,
        Placeholders.RedirectUri => RedirectUri,
        Placeholders.Issuer => Issuer,
        _ => Fields.GetValueOrDefault(name),
    };

    public override string ToString() => $"ProviderApp {Provider.Id} (redacted)";

    private string? Filled(string? url) => url is null ? null : FilledAddress.Of(Provider, url, Value);
}

/// <summary>The OAuth app of a connection: its own, or the one that the installation shares.</summary>
public sealed record AppCredentials(string ClientId, string? ClientSecret, bool IsShared)
{
    public static AppCredentials None { get; } = new("", null, IsShared: false);

    public override string ToString() => "AppCredentials (redacted)";
}
