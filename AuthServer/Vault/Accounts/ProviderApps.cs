using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;

namespace AuthServer.Vault.Accounts;

/// <summary>A connection's OAuth app, opened for one call.</summary>
public sealed class ProviderApps(ProviderCatalog catalog, SharedApps shared, VaultSeal seal, IssuerUri issuer)
{
    /// <summary>Where providers send people back to.</summary>
    public const string CallbackPath = "/connect/accounts/callback";

    public ValueTask<Provider?> ProviderAsync(Connection connection, CancellationToken ct) => catalog.FindAsync(connection.OrganizationId, connection.ProviderId, ct);

    /// <summary>The app, or why there is none.</summary>
    public async ValueTask<(ProviderApp? App, ProviderFault? Fault)> OpenAsync(Connection connection, CancellationToken ct)
    {
        if (await ProviderAsync(connection, ct) is not { } provider)
        {
            return (null, ProviderFaults.NoApp);
        }

        var settings = SettingsOf(connection);
        if (CredentialsOf(connection, provider, settings) is not { } credentials)
        {
            return (null, ProviderFaults.Sealed);
        }

        return ProviderApp.Create(provider, credentials, issuer.Value + PathOf(provider, connection, settings), issuer.Value, settings);
    }

    public static ConnectionSettings SettingsOf(Connection connection) => JsonSerializer.Deserialize<ConnectionSettings>(connection.Settings, ApiJson.Options) ?? new ConnectionSettings();

    /// <summary>Which scopes a connection asks for; without any, those of the provider.</summary>
    public static IReadOnlyList<string> ScopesOf(Connection connection, Provider provider) =>
        JsonSerializer.Deserialize<List<string>>(connection.Scopes) is { Count: > 0 } own
            ? [.. own.Select(scope => provider.Oauth is { } oauth ? oauth.Scopes.Full(scope) : scope)]
            : provider.Oauth?.Scopes.Default ?? [];

    /// <summary>RFC 9700 §4.4.2.1: where an organization chooses which server people are sent to, the way back is that connection's alone. Else that server could send them on
    /// to another provider, and have that one's code brought here as its own.</summary>
    public static string PathOf(Provider provider, Connection connection, ConnectionSettings settings) =>
        IsFixed(provider, settings) ? CallbackPath : $"{CallbackPath}/{connection.Id}";

    private static bool IsFixed(Provider provider, ConnectionSettings settings) =>
        ShippedProviders.Find(provider.Id) is not null && settings.AuthorizationUrl is null && settings.TokenUrl is null
        && provider.Oauth is { } oauth && !Placeholders.OfHost(oauth.Authorize.Url).Any() && !Placeholders.OfHost(oauth.Token.Url ?? "").Any();

    /// <summary>Null: what is stored cannot be opened.</summary>
    private AppCredentials? CredentialsOf(Connection connection, Provider provider, ConnectionSettings settings)
    {
        if (connection.ClientId is null)
        {
            return shared.Find(provider, settings.Fields.GetValueOrDefault) is { } app ? new AppCredentials(app.ClientId, app.ClientSecret, IsShared: true) : new AppCredentials("", null, IsShared: true);
        }

        if (connection.Secret is null)
        {
            return new AppCredentials(connection.ClientId, null, IsShared: false);
        }

        if (!seal.TryOpen(connection.Secret, connection.SecretPlace, out var plain, out _))
        {
            return null;
        }

        var secret = ValuePath.FindText(JsonElement.Parse(plain), "client_secret");
        CryptographicOperations.ZeroMemory(plain);
        return new AppCredentials(connection.ClientId, secret, IsShared: false);
    }
}
