using AuthServer.Agents;
using AuthServer.Delegations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>What agents let other agents do.</summary>
internal static class DelegationTables
{
    private const int IdLength = 100;

    public static void Map(ModelBuilder builder)
    {
        MapHops(builder);
        builder.Entity<DelegationKey>(table =>
        {
            table.ToTable("DelegationKeys").HasKey(row => new { row.KeyId, row.DelegationId });
            table.Property(row => row.KeyId).HasMaxLength(IdLength);
            table.HasIndex(row => row.DelegationId);
            table.HasOne<Delegation>().WithMany().HasForeignKey(row => row.DelegationId).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void MapHops(ModelBuilder builder) => builder.Entity<Delegation>(table =>
    {
        table.ToTable("Delegations").HasKey(row => row.Id);
        table.Ignore(row => row.ScopeList);
        table.Ignore(row => row.HopIds);
        table.Ignore(row => row.Hop);
        table.Property(row => row.Id).HasMaxLength(IdLength);
        table.Property(row => row.RootId).HasMaxLength(IdLength);
        table.Property(row => row.PrincipalId).HasMaxLength(IdLength);
        table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
        table.HasIndex(row => row.RootId);
        table.HasIndex(row => new { row.DelegateId, row.Id });
        table.HasIndex(row => new { row.DelegatorId, row.Id });
        table.HasIndex(row => row.PrincipalId);
        table.HasIndex(row => row.OrganizationId);
        table.HasOne<Delegation>().WithMany().HasForeignKey(row => row.ParentId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Agent>().WithMany().HasForeignKey(row => row.DelegatorId).OnDelete(DeleteBehavior.Restrict);
        table.HasOne<Agent>().WithMany().HasForeignKey(row => row.DelegateId).OnDelete(DeleteBehavior.Restrict);
    });
}
