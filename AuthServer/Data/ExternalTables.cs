using AuthServer.Accounts;
using AuthServer.ExternalSignIn;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Accounts at other OpenID providers, and those who wait for a person to say who they are here.</summary>
internal static class ExternalTables
{
    private const int IdLength = 100;
    private const int ProviderLength = 40;
    private const int IssuerLength = 300;
    private const int SubjectLength = 520;
    private const int NameLength = 254;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<ExternalLogin>(table =>
        {
            table.ToTable("ExternalLogins").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Provider).HasMaxLength(ProviderLength);
            table.Property(row => row.Issuer).HasMaxLength(IssuerLength);
            table.Property(row => row.Subject).HasMaxLength(SubjectLength);
            table.Property(row => row.Name).HasMaxLength(NameLength);
            table.HasIndex(row => new { row.Provider, row.Issuer, row.Subject }).IsUnique();
            table.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ExternalArrival>(table =>
        {
            table.ToTable("ExternalArrivals").HasKey(row => row.Id);
            table.Ignore(row => row.TokensPlace);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.BrowserHash).HasMaxLength(IdLength);
            table.Property(row => row.UserId).HasMaxLength(IdLength);
            table.Property(row => row.Provider).HasMaxLength(ProviderLength);
            table.Property(row => row.Issuer).HasMaxLength(IssuerLength);
            table.Property(row => row.Subject).HasMaxLength(SubjectLength);
            table.Property(row => row.Email).HasMaxLength(NameLength);
            table.Property(row => row.Name).HasMaxLength(NameLength);
            table.HasIndex(row => row.ExpiresAt);
            table.HasIndex(row => row.UserId);
        });
    }
}
