using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Consents;
using AuthServer.Data.OpenIddict;
using AuthServer.Keys;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Our own tables, keyed to OpenIddict's and Identity's.</summary>
internal static class OwnTables
{
    private const int IdLength = 100;
    private const int SubjectLength = 400;
    private const int UriLength = 400;
    private const int AddressLength = 64;

    public static void Map(ModelBuilder builder)
    {
        MapTokens(builder);
        MapPeople(builder);
        builder.Entity<ClientOrigin>(table =>
        {
            table.ToTable("ClientOrigins").HasKey(row => new { row.Origin, row.ApplicationId });
            table.Property(row => row.Origin).HasMaxLength(UriLength);
            table.HasOne<OpenIddictApplication>().WithMany().HasForeignKey(row => row.ApplicationId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<SigningKeyRecord>(table =>
        {
            table.ToTable("SigningKeys").HasKey(row => row.KeyId);
            table.Property(row => row.KeyId).HasMaxLength(IdLength);
            table.Property(row => row.Algorithm).HasMaxLength(20);
        });
    }

    private static void MapTokens(ModelBuilder builder)
    {
        builder.Entity<TokenFamilyRow>(table =>
        {
            table.ToTable("TokenFamilies").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Subject).HasMaxLength(SubjectLength);
            table.HasIndex(row => row.AuthorizationId);
            table.HasIndex(row => row.Subject);
            table.HasIndex(row => row.SessionId);
            table.Property(row => row.ActorId).HasMaxLength(IdLength);
            table.HasIndex(row => row.ActorId).HasFilter("\"ActorId\" IS NOT NULL");
        });
        builder.Entity<RevocationRow>(table =>
        {
            table.ToTable("Revocations").HasKey(row => new { row.Kind, row.Id });
            table.Property(row => row.Id).HasMaxLength(SubjectLength);
            table.HasIndex(row => row.ExpiresAt);
        });
        builder.Entity<AuthorizationRequestRow>(table =>
        {
            table.ToTable("AuthorizationRequests").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Address).HasMaxLength(AddressLength);
            table.HasIndex(row => row.ExpiresAt);
            table.HasIndex(row => row.Address);
        });
        builder.Entity<UsedHandleRow>(table =>
        {
            table.ToTable("UsedHandles").HasKey(row => row.Handle);
            table.Property(row => row.Handle).HasMaxLength(SubjectLength);
            table.HasIndex(row => row.ExpiresAt);
        });
    }

    private static void MapPeople(ModelBuilder builder)
    {
        // The framework's own mapping of passkeys (its schema version 3), which it makes only when the options of a running host ask for it.
        builder.Entity<IdentityUserPasskey<string>>(table =>
        {
            table.ToTable("AspNetUserPasskeys").HasKey(row => row.CredentialId);
            table.Property(row => row.CredentialId).HasMaxLength(1024);
            table.OwnsOne(row => row.Data).ToJson();
            table.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).IsRequired();
        });
        builder.Entity<Session>(table =>
        {
            table.ToTable("Sessions").HasKey(row => row.Id);
            table.Property(row => row.Id).HasMaxLength(IdLength);
            table.Property(row => row.Address).HasMaxLength(AddressLength);
            table.Property(row => row.UserAgent).HasMaxLength(200);
            table.Property(row => row.Acr).HasMaxLength(IdLength);
            table.Property(row => row.Amr).HasMaxLength(IdLength);
            table.Property(row => row.ExternalLoginId).HasMaxLength(IdLength);
            table.HasOne<User>().WithMany().HasForeignKey(row => row.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<Consent>(table =>
        {
            table.ToTable("Consents").HasKey(row => row.AuthorizationId);
            table.HasOne<OpenIddictAuthorization>().WithOne().HasForeignKey<Consent>(row => row.AuthorizationId).OnDelete(DeleteBehavior.Cascade);
            table.Property(row => row.Subject).HasMaxLength(SubjectLength);
            table.Property(row => row.RedirectHost).HasMaxLength(UriLength);
            table.HasIndex(row => new { row.ApplicationId, row.Subject });
        });
    }
}
