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
            table.HasIndex(row => new { row.OrganizationId, row.Likeness }).IsUnique();
        });
        builder.Entity<ProtectedResource>(table =>
        {
            table.ToTable("ProtectedResources").HasKey(row => row.Uri);
            table.Property(row => row.Uri).HasMaxLength(UriLength);
        });
    }
}
