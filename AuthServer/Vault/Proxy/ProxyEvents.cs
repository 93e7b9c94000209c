namespace AuthServer.Vault.Proxy;

/// <summary>What calls through the vault leave in the trail: the decision about each, before it is made.</summary>
public static class ProxyEvents
{
    /// <summary>A call was allowed or denied.</summary>
    public const string Called = "connection.called";

    /// <summary>An access token left the vault, or was refused.</summary>
    public const string TokenReleased = "account.token_released";
}
