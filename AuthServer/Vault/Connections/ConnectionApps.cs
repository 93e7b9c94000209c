using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Connections;

/// <summary>Which OAuth app a connection uses.</summary>
public sealed class ConnectionApps(SharedApps shared)
{
    /// <summary>The installation's, for a connection without an app of its own. Null: there is none, or the connection would have it sent to addresses of its own.</summary>
    public SharedApp? FindShared(Connection row, Provider provider)
    {
        if (row.Auth != ConnectionAuth.OAuth2 || row.ClientId is not null)
        {
            return null;
        }

        var settings = row.ReadSettings();
        return settings is { AuthorizationUrl: null, TokenUrl: null, BaseUrl: null } ? shared.Find(provider, name => settings.Fields.GetValueOrDefault(name)) : null;
    }
}
