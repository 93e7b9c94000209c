namespace AuthServer.Vault.Providers;

public static class Pkce
{
    /// <summary>Whether an authorization request has a code challenge (S256).</summary>
    public static bool IsSent(this PkceMode mode) => mode is PkceMode.Required or PkceMode.Supported or PkceMode.Undocumented;
}
