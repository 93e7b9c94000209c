namespace AuthServer.Vault.Secrets;

/// <param name="Command">A command line that is called with <c>wrap</c> or <c>unwrap</c> and passes base64 from its input to its output. Null: the master key wraps.</param>
/// <param name="Home">Its working directory.</param>
public sealed record VaultKeySettings(string? Command, string Home)
{
    // A command line may hold a password.
    public override string ToString() => $"VaultKeySettings {{ Home = {Home} }}";
}
