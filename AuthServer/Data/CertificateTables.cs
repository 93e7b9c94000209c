using AuthServer.Certificates;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

internal static class CertificateTables
{
    private const int IdLength = 100;
    private const int NameLength = 200;

    public static void Map(ModelBuilder builder) => builder.Entity<Certificate>(table =>
    {
        table.ToTable("Certificates").HasKey(row => row.Id);
        table.Ignore(row => row.KeyId);
        table.Ignore(row => row.BoundScopes);
        table.Property(row => row.Id).HasMaxLength(IdLength);
        table.Property(row => row.Name).HasMaxLength(NameLength);
        table.HasIndex(row => row.OrganizationId);
        table.HasIndex(row => row.UserId);
        table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
    });
}
