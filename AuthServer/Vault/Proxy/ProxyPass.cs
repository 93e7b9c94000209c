using AuthServer.Http.Api;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Proxy;

/// <summary>What a caller may call with.</summary>
/// <param name="Account">Null: the connection has an API key.</param>
public sealed record ProxyPass(ActingParty Caller, Connection Connection, ConnectedAccount? Account, Provider Provider)
{
    public ConnectionSettings Settings { get; } = Connection.ReadSettings();

    /// <summary>The account, or the connection: what the trail says was used.</summary>
    public string Id => Account?.Id ?? Connection.Id;
}
