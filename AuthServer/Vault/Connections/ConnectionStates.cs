namespace AuthServer.Vault.Connections;

/// <summary>A connection's life: draft → testing → active ⇄ inactive, and error, from which it comes back.</summary>
public static class ConnectionStates
{
    /// <summary>Whether the one may follow the other. Nothing becomes a draft again.</summary>
    public static bool Allows(ConnectionStatus from, ConnectionStatus to) => (from, to) switch
    {
        (ConnectionStatus.Draft, ConnectionStatus.Testing or ConnectionStatus.Active or ConnectionStatus.Error) => true,
        (ConnectionStatus.Testing, ConnectionStatus.Active or ConnectionStatus.Inactive or ConnectionStatus.Error) => true,
        (ConnectionStatus.Active, ConnectionStatus.Inactive or ConnectionStatus.Error) => true,
        (ConnectionStatus.Inactive, ConnectionStatus.Testing or ConnectionStatus.Active) => true,
        (ConnectionStatus.Error, ConnectionStatus.Testing or ConnectionStatus.Active or ConnectionStatus.Inactive) => true,
        _ => false,
    };

    /// <summary>Whether everything that calls need must be there.</summary>
    public static bool IsComplete(ConnectionStatus status) => status is ConnectionStatus.Active or ConnectionStatus.Testing;
}
