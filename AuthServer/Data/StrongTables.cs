using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>What people sign in with beside a password, and from where. Passkeys lie in the framework's own table.</summary>
internal static class StrongTables
{
    private const int IdLength = 100;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<Authenticator>(table =>
        {
            table.ToTable("Authenticators").HasKey(row => row.UserId);
            table.Ignore(row => row.SecretPlace);
            table.Property(row => row.UserId).HasMaxLength(IdLength);
            table.Property(row => row.Version).IsConcurrencyToken();
            table.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ApiDevice>(table =>
        {
            table.ToTable("ApiDevices").HasKey(row => new { row.UserId, row.Hash });
            table.Property(row => row.UserId).HasMaxLength(IdLength);
            table.Property(row => row.Hash).HasMaxLength(IdLength);
            table.HasIndex(row => row.ExpiresAt);
            table.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<RecoveryCode>(table =>
        {
            table.ToTable("RecoveryCodes").HasKey(row => new { row.UserId, row.Hash });
            table.Property(row => row.UserId).HasMaxLength(IdLength);
            table.Property(row => row.Hash).HasMaxLength(IdLength);
            table.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<PasskeyUse>(table =>
        {
            table.ToTable("PasskeyUses").HasKey(row => row.CredentialId);
            table.Property(row => row.CredentialId).HasMaxLength(1024);
            table.HasOne<Microsoft.AspNetCore.Identity.IdentityUserPasskey<string>>().WithOne().HasForeignKey<PasskeyUse>(row => row.CredentialId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
