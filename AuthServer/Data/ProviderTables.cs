using AuthServer.Organizations;
using AuthServer.Vault.Providers;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>The providers that organizations describe for themselves.</summary>
internal static class ProviderTables
{
    private const int IdLength = 100;
    private const int VersionLength = 50;

    public static void Map(ModelBuilder builder) => builder.Entity<OrganizationProvider>(table =>
    {
        table.ToTable("OrganizationProviders").HasKey(row => new { row.OrganizationId, row.Id });
        table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
        table.Property(row => row.Id).HasMaxLength(IdLength);
        table.Property(row => row.ChangedBy).HasMaxLength(IdLength);
        table.Property(row => row.Version).HasMaxLength(VersionLength).IsConcurrencyToken();
        table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
    });
}
