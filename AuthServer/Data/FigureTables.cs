using AuthServer.Figures;
using AuthServer.Protocol.Clients;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>What was counted of the trail.</summary>
internal static class FigureTables
{
    private const int IdLength = 100;
    private const int WordLength = 200;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<HourFigure>(table =>
        {
            // In the order in which charts read it.
            table.ToTable("HourFigures").HasKey(row => new { row.OrganizationId, row.Kind, row.Hour, row.Word });
            table.Property(row => row.OrganizationId).HasMaxLength(IdLength);
            table.Property(row => row.Kind).HasMaxLength(IdLength);
            table.Property(row => row.Word).HasMaxLength(WordLength);
            table.HasIndex(row => row.Hour);
        });
        builder.Entity<FigureProgress>(table =>
        {
            table.ToTable("FigureProgress").HasKey(row => row.Id);
            table.Property(row => row.Id).ValueGeneratedNever();
            table.Property(row => row.ReadTo).HasMaxLength(IdLength);
        });
        builder.Entity<ClientUse>(table =>
        {
            table.ToTable("ClientUses").HasKey(row => row.ClientId);
            table.Property(row => row.ClientId).HasMaxLength(Client.LongestId);
        });
    }
}
