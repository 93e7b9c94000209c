using AuthServer.Data.OpenIddict;
using AuthServer.Organizations;
using AuthServer.Scopes;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>The scopes of organizations, and the protected APIs that understand scopes.</summary>
internal static class ScopeTables
{
    private const int IdLength = 100;
    private const int NameLength = 100;
    private const int TextLength = 400;
    private const int UriLength = 400;
    private const int VersionLength = 50;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<OrganizationScope>(table =>
        {
            table.ToTable("OrganizationScopes").HasKey(row => new { row.OrganizationId, row.Name });
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.Property(row => row.Name).HasMaxLength(NameLength);
            table.Property(row => row.Likeness).HasMaxLength(NameLength);
            table.Property(row => row.Category).HasMaxLength(NameLength);
            table.Property(row => row.Title).HasMaxLength(TextLength);
            table.Property(row => row.Description).HasMaxLength(TextLength);
            table.Property(row => row.Version).HasMaxLength(VersionLength).IsConcurrencyToken();
            table.HasIndex(row => new { row.OrganizationId, row.Likeness }).IsUnique();
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ProtectedResource>(table =>
        {
            table.ToTable("ProtectedResources").HasKey(row => row.Uri);
            table.Property(row => row.Uri).HasMaxLength(UriLength);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Version).HasMaxLength(VersionLength).IsConcurrencyToken();
            table.HasIndex(row => row.Id).IsUnique();
            table.HasIndex(row => new { row.OrganizationId, row.Id });
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Restrict);
            table.HasOne<OpenIddictApplication>().WithMany().HasForeignKey(row => row.ApplicationId).OnDelete(DeleteBehavior.SetNull);
        });
    }
}
