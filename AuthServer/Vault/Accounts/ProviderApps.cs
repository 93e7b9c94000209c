using AuthServer.Http;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Dialect;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Accounts;

/// <summary>A connection's OAuth app, opened for one call.</summary>
public sealed class ProviderApps(ProviderCatalog catalog, Connections.Connections connections, IssuerUri issuer)
{
    /// <summary>Where providers send people back to.</summary>
    public const string CallbackPath = ProviderAnswers.CallbackPath;

    public ValueTask<Provider?> ProviderAsync(Connection connection, CancellationToken ct) => catalog.FindAsync(connection.OrganizationId, connection.ProviderId, ct);

    /// <summary>The app, or why there is none.</summary>
    public async ValueTask<(ProviderApp? App, ProviderFault? Fault)> OpenAsync(Connection connection, CancellationToken ct)
    {
        if (await ProviderAsync(connection, ct) is not { } provider)
        {
            return (null, ProviderFaults.NoApp);
        }

        var settings = connection.ReadSettings();
        if (CredentialsOf(connection, provider) is not { } credentials)
        {
            return (null, ProviderFaults.Sealed);
        }

        return ProviderApp.Create(provider, credentials, issuer.Value + PathOf(provider, connection, settings), issuer.Value, settings);
    }

    /// <summary>Which scopes a connection asks for; without any, those of the provider.</summary>
    public static IReadOnlyList<string> ScopesOf(Connection connection, Provider provider) =>
        connection.ReadScopes() is { Count: > 0 } own ? own : provider.Oauth?.Scopes.Default ?? [];

    /// <summary>RFC 9700 §4.4.2.1: where an organization chooses which server people are sent to, the way back is that connection's alone. Else that server could send them on
    /// to another provider, and have that one's code brought here as its own.</summary>
    public static string PathOf(Provider provider, Connection connection, ConnectionSettings settings) =>
        IsFixed(provider, settings) ? CallbackPath : $"{CallbackPath}/{connection.Id}";

    private static bool IsFixed(Provider provider, ConnectionSettings settings) =>
        ShippedProviders.Find(provider.Id) is not null && settings.AuthorizationUrl is null && settings.TokenUrl is null
        && provider.Oauth is { } oauth && !Placeholders.OfHost(oauth.Authorize.Url).Any() && !Placeholders.OfHost(oauth.Token.Url ?? "").Any();

    /// <summary>Null: what is stored cannot be opened.</summary>
    private AppCredentials? CredentialsOf(Connection connection, Provider provider)
    {
        try
        {
            return connections.AppOf(connection, provider) is { } app ? new AppCredentials(app.ClientId, app.ClientSecret, IsShared: connection.ClientId is null) : AppCredentials.None;
        }
        catch (InvalidDataException)
        {
            // The room's way to say so.
            return null;
        }
    }
}
