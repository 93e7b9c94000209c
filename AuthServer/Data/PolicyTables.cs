using AuthServer.Organizations;
using AuthServer.Policies;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Policies, and what was taken from their limits.</summary>
internal static class PolicyTables
{
    private const int IdLength = 100;
    private const int NameLength = 200;
    private const int KeyLength = 600;
    private const int VersionLength = 50;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<PolicyRow>(table =>
        {
            table.ToTable("Policies").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.AgentId).HasMaxLength(IdLength);
            table.Property(row => row.Name).HasMaxLength(NameLength);
            table.Property(row => row.Version).HasMaxLength(VersionLength).IsConcurrencyToken();
            table.HasIndex(row => new { row.OrganizationId, row.Id });
            table.HasOne<Organization>().WithMany().HasForeignKey(row => row.OrganizationId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<PolicyLimitRow>(table =>
        {
            table.ToTable("PolicyLimits").HasKey(row => row.Key);
            table.Property(row => row.Key).HasMaxLength(KeyLength);
            table.HasIndex(row => row.ExpiresAt);
        });
    }
}
