using AuthServer.Applications;
using AuthServer.Data.OpenIddict;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

internal static class ApplicationTables
{
    private const int IdLength = 100;

    public static void Map(ModelBuilder builder) => builder.Entity<OrganizationApplication>(table =>
    {
        table.ToTable("OrganizationApplications").HasKey(row => row.ApplicationId);
        table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
        table.Property(row => row.CreatedBy).HasMaxLength(IdLength);
        table.Property(row => row.Version).HasMaxLength(IdLength).IsConcurrencyToken();
        table.HasIndex(row => row.OrganizationId);
        table.HasOne<OpenIddictApplication>().WithOne().HasForeignKey<OrganizationApplication>(row => row.ApplicationId).OnDelete(DeleteBehavior.Cascade);
        table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
    });
}
