using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.Clients;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>OpenIddict's four tables, named, sized and indexed as its version 7 creates them, so that a deployment can move either way.</summary>
internal static class OpenIddictTables
{
    private const int ShortText = 50;
    private const int SubjectLength = 400;

    public static void Map(ModelBuilder builder)
    {
        builder.Entity<OpenIddictApplication>(table =>
        {
            table.ToTable("OpenIddictApplications").HasKey(row => row.Id);
            table.HasIndex(row => row.ClientId).IsUnique();
            table.Property(row => row.ApplicationType).HasMaxLength(ShortText);

            // Longer than OpenIddict's 100, which has no ids that are addresses; what it wrote fits.
            table.Property(row => row.ClientId).HasMaxLength(Client.LongestId);
            table.Property(row => row.ClientType).HasMaxLength(ShortText);
            table.Property(row => row.ConcurrencyToken).HasMaxLength(ShortText).IsConcurrencyToken();
            table.Property(row => row.ConsentType).HasMaxLength(ShortText);
        });
        builder.Entity<OpenIddictAuthorization>(table =>
        {
            table.ToTable("OpenIddictAuthorizations").HasKey(row => row.Id);
            table.HasIndex(row => new { row.ApplicationId, row.Status, row.Subject, row.Type });

            // Ours: what a person has granted is listed, and ended, by person.
            table.HasIndex(row => row.Subject);
            table.HasOne<OpenIddictApplication>().WithMany().HasForeignKey(row => row.ApplicationId).OnDelete(DeleteBehavior.ClientSetNull);
            table.Property(row => row.ConcurrencyToken).HasMaxLength(ShortText).IsConcurrencyToken();
            table.Property(row => row.Status).HasMaxLength(ShortText);
            table.Property(row => row.Subject).HasMaxLength(SubjectLength);
            table.Property(row => row.Type).HasMaxLength(ShortText);
        });
        builder.Entity<OpenIddictScope>(table =>
        {
            table.ToTable("OpenIddictScopes").HasKey(row => row.Id);
            table.HasIndex(row => row.Name).IsUnique();
            table.Property(row => row.ConcurrencyToken).HasMaxLength(ShortText).IsConcurrencyToken();
            table.Property(row => row.Name).HasMaxLength(200);
        });
        builder.Entity<OpenIddictToken>(table =>
        {
            table.ToTable("OpenIddictTokens").HasKey(row => row.Id);
            table.HasIndex(row => row.ReferenceId).IsUnique();
            table.HasIndex(row => new { row.ApplicationId, row.Status, row.Subject, row.Type });
            table.HasIndex(row => row.AuthorizationId);
            table.HasOne<OpenIddictApplication>().WithMany().HasForeignKey(row => row.ApplicationId).OnDelete(DeleteBehavior.ClientSetNull);
            table.HasOne<OpenIddictAuthorization>().WithMany().HasForeignKey(row => row.AuthorizationId).OnDelete(DeleteBehavior.ClientSetNull);
            table.Property(row => row.ConcurrencyToken).HasMaxLength(ShortText).IsConcurrencyToken();
            table.Property(row => row.ReferenceId).HasMaxLength(100);
            table.Property(row => row.Status).HasMaxLength(ShortText);
            table.Property(row => row.Subject).HasMaxLength(SubjectLength);
            table.Property(row => row.Type).HasMaxLength(150);
        });
    }
}
