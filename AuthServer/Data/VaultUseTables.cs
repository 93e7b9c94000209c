using AuthServer.Vault.Connections;
using AuthServer.Vault.Refresh;
using AuthServer.Vault.Usage;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>What is known of how connections fare.</summary>
internal static class VaultUseTables
{
    private const int IdLength = 100;
    private const int LatencyLength = 300;
    private const int ErrorsLength = 2000;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<RefreshCircuit>(table =>
        {
            table.ToTable("RefreshCircuits").HasKey(row => row.ConnectionId);
            table.Property(row => row.ConnectionId).HasMaxLength(IdLength);
            table.HasOne<Connection>().WithMany().HasForeignKey(row => row.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ConnectionUsage>(table =>
        {
            table.ToTable("ConnectionUsages").HasKey(row => new { row.ConnectionId, row.AgentId, row.Seconds, row.At });
            table.Property(row => row.ConnectionId).HasMaxLength(IdLength);
            table.Property(row => row.AgentId).HasMaxLength(IdLength);
            table.Property(row => row.Latency).HasMaxLength(LatencyLength);
            table.Property(row => row.Errors).HasMaxLength(ErrorsLength);
            table.HasIndex(row => new { row.ConnectionId, row.Seconds, row.At });
            table.HasIndex(row => new { row.Seconds, row.At });
            table.HasOne<Connection>().WithMany().HasForeignKey(row => row.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<CredentialPulse>(table =>
        {
            table.ToTable("CredentialPulses").HasKey(row => new { row.ConnectionId, row.AccountId });
            table.Property(row => row.ConnectionId).HasMaxLength(IdLength);
            table.Property(row => row.AccountId).HasMaxLength(IdLength);
            table.HasIndex(row => row.SeenAt);
            table.HasIndex(row => row.ToldAt);
            table.HasOne<Connection>().WithMany().HasForeignKey(row => row.ConnectionId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
