using AuthServer.Branding;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>How organizations show themselves; their pictures in a table apart.</summary>
internal static class BrandTables
{
    private const int IdLength = 100;
    private const int HashLength = 64;
    private const int TagLength = 20;
    private const int VersionLength = 50;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<Brand>(table =>
        {
            table.ToTable("Brands").HasKey(row => row.OrganizationId);
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.Property(row => row.Name).HasMaxLength(BrandRules.LongestName);
            table.Property(row => row.Language).HasMaxLength(TagLength);
            table.Property(row => row.Version).HasMaxLength(VersionLength).IsConcurrencyToken();
            table.HasOne<Organization>().WithOne().HasForeignKey<Brand>(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<BrandLogo>(table =>
        {
            table.ToTable("BrandLogos").HasKey(row => row.OrganizationId);
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.Property(row => row.Hash).HasMaxLength(HashLength);
            table.HasOne<Organization>().WithOne().HasForeignKey<BrandLogo>(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
