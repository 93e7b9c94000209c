namespace AuthServer.Accounts.Strong;

/// <summary>When somebody signed in with a passkey last; the framework's own table has no room for that.</summary>
public sealed class PasskeyUse
{
    public byte[] CredentialId { get; set; } = [];

    public DateTimeOffset LastUsedAt { get; set; }
}
