namespace AuthServer.Vault.Accounts;

/// <summary>An organization that was closed and whose grants are still to be taken back. Its connections are off until then, and go with the last of its accounts.</summary>
public sealed class ClosedVault
{
    public string OrganizationId { get; set; } = "";

    public DateTimeOffset DueAt { get; set; }
}
