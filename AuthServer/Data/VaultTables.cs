using AuthServer.Organizations;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Secrets;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Connections to providers, and the accounts that are connected by them.</summary>
internal static class VaultTables
{
    private const int IdLength = 100;
    private const int NameLength = 200;
    private const int WordLength = 50;
    private const int TextLength = 2000;
    private const int HashLength = 100;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<VaultKeyRecord>(table =>
        {
            table.ToTable("VaultKeys").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
        });
        builder.Entity<Connection>(table =>
        {
            table.ToTable("Connections").HasKey(row => row.Id);
            table.Ignore(row => row.SecretPlace);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.ProviderId).HasMaxLength(IdLength);
            table.Property(row => row.Name).HasMaxLength(NameLength);
            table.Property(row => row.Description).HasMaxLength(TextLength);
            table.Property(row => row.Environment).HasMaxLength(WordLength);
            table.Property(row => row.Fault).HasMaxLength(WordLength);
            table.Property(row => row.ClientId).HasMaxLength(TextLength);
            table.Property(row => row.SecretLast4).HasMaxLength(4);
            table.Property(row => row.NormalizedName).HasMaxLength(2 * NameLength);
            table.Property(row => row.CreatedBy).HasMaxLength(IdLength);
            table.Property(row => row.ReviewedBy).HasMaxLength(IdLength);
            table.Property(row => row.Version).IsConcurrencyToken();
            table.HasIndex(row => new { row.OrganizationId, row.Id });
            table.HasIndex(row => new { row.OrganizationId, row.NormalizedName }).IsUnique().HasFilter("\"NormalizedName\" <> ''");
            table.HasIndex(row => new { row.OrganizationId, row.ProviderId, row.Auth }).IsUnique().HasFilter("\"IsDefault\"");
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ConnectionVersion>(table =>
        {
            table.ToTable("ConnectionVersions").HasKey(row => new { row.ConnectionId, row.Number });
            table.Property(row => row.ConnectionId).HasMaxLength(IdLength);
            table.Property(row => row.ChangedBy).HasMaxLength(IdLength);
            table.HasOne<Connection>().WithMany().HasForeignKey(row => row.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ConnectedAccount>(table =>
        {
            table.ToTable("ConnectedAccounts").HasKey(row => row.Id);
            table.Ignore(row => row.TokensPlace);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Identifier).HasMaxLength(NameLength);
            table.Property(row => row.IdentifierType).HasMaxLength(WordLength);
            table.Property(row => row.UserId).HasMaxLength(IdLength);
            table.Property(row => row.Fault).HasMaxLength(WordLength);
            table.Property(row => row.ProviderAccount).HasMaxLength(TextLength);
            table.Property(row => row.ProviderName).HasMaxLength(TextLength);
            table.Property(row => row.LeaseOwner).HasMaxLength(IdLength);
            table.Property(row => row.AttemptOf).HasMaxLength(HashLength);
            table.Property(row => row.Version).IsConcurrencyToken();
            table.HasIndex(row => new { row.OrganizationId, row.Id });
            table.HasIndex(row => new { row.ConnectionId, row.IdentifierType, row.Identifier }).IsUnique();
            table.HasIndex(row => row.UserId);
            table.HasIndex(row => row.ProviderAccount);
            table.HasIndex(row => row.RefreshAt).HasFilter("\"RefreshAt\" IS NOT NULL");
            table.HasOne<Connection>().WithMany().HasForeignKey(row => row.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<AccountLink>(table =>
        {
            table.ToTable("AccountLinks").HasKey(row => row.Id);
            table.Ignore(row => row.TokensPlace);
            table.Ignore(row => row.VerifierPlace);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.Property(row => row.Identifier).HasMaxLength(NameLength);
            table.Property(row => row.IdentifierType).HasMaxLength(WordLength);
            table.Property(row => row.UserId).HasMaxLength(IdLength);
            table.Property(row => row.AgentId).HasMaxLength(IdLength);
            table.Property(row => row.HandleHash).HasMaxLength(HashLength);
            table.Property(row => row.BrowserHash).HasMaxLength(HashLength);
            table.Property(row => row.StateHash).HasMaxLength(HashLength);
            table.Property(row => row.CodeHash).HasMaxLength(HashLength);
            table.Property(row => row.RedirectUri).HasMaxLength(TextLength);
            table.Property(row => row.ClientState).HasMaxLength(TextLength);
            table.Property(row => row.ProviderAccount).HasMaxLength(TextLength);
            table.Property(row => row.ProviderName).HasMaxLength(TextLength);
            table.Property(row => row.Fault).HasMaxLength(WordLength);
            table.Property(row => row.ProviderCode).HasMaxLength(IdLength);
            table.Property(row => row.CorrelationId).HasMaxLength(IdLength);

            // Whoever takes an attempt away has to know what it holds by then.
            table.Property(row => row.Stage).IsConcurrencyToken();
            table.HasIndex(row => row.HandleHash).IsUnique();
            table.HasIndex(row => row.StateHash).IsUnique();
            table.HasIndex(row => row.CodeHash).IsUnique();
            table.HasIndex(row => new { row.ConnectionId, row.IdentifierType, row.Identifier });
            table.HasIndex(row => row.ProviderAccount);
            table.HasIndex(row => row.ExpiresAt);
            table.HasOne<Connection>().WithMany().HasForeignKey(row => row.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ClosedVault>(table =>
        {
            table.ToTable("ClosedVaults").HasKey(row => row.OrganizationId);
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.HasIndex(row => row.DueAt);
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<GrantEnding>(table =>
        {
            table.ToTable("GrantEndings").HasKey(row => row.Id);
            table.Ignore(row => row.CallsPlace);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.Property(row => row.ConnectionId).HasMaxLength(IdLength);
            table.Property(row => row.AccountId).HasMaxLength(IdLength);
            table.Property(row => row.ProviderId).HasMaxLength(IdLength);
            table.HasIndex(row => row.DueAt);
        });
    }
}
