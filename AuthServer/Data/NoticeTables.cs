using AuthServer.Notices;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

internal static class NoticeTables
{
    private const int IdLength = 100;

    public static void Map(ModelBuilder builder) => builder.Entity<ExpiryNotice>(table =>
    {
        table.ToTable("ExpiryNotices").HasKey(row => new { row.CredentialId, row.Days });
        table.Property(row => row.CredentialId).HasMaxLength(IdLength);
        table.HasIndex(row => row.ExpiresAt);
    });
}
