namespace AuthServer.Accounts.Strong;

/// <summary>One recovery code that was not used yet. Using it deletes it.</summary>
public sealed class RecoveryCode
{
    public string UserId { get; set; } = "";

    /// <summary>Base64 of the SHA-256 of the code as <see cref="RecoveryCodes.Read"/> writes it.</summary>
    public string Hash { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }
}
