using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Consents;
using AuthServer.Data.OpenIddict;
using AuthServer.Keys;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace AuthServer.Data;

/// <summary>All tables: OpenIddict's, Identity's and our own. One derived context per database holds that database's migrations.</summary>
public abstract class AuthDbContext(DbContextOptions options) : IdentityUserContext<User>(options)
{
    public DbSet<OpenIddictApplication> Applications => Set<OpenIddictApplication>();

    public DbSet<ClientOrigin> ClientOrigins => Set<ClientOrigin>();

    public DbSet<OpenIddictAuthorization> Authorizations => Set<OpenIddictAuthorization>();

    public DbSet<OpenIddictScope> Scopes => Set<OpenIddictScope>();

    public DbSet<OpenIddictToken> Tokens => Set<OpenIddictToken>();

    public DbSet<TokenFamilyRow> TokenFamilies => Set<TokenFamilyRow>();

    public DbSet<RevocationRow> Revocations => Set<RevocationRow>();

    public DbSet<AuthorizationRequestRow> AuthorizationRequests => Set<AuthorizationRequestRow>();

    public DbSet<UsedHandleRow> UsedHandles => Set<UsedHandleRow>();

    public DbSet<AuditEventRow> AuditEvents => Set<AuditEventRow>();

    public DbSet<RefusalCount> RefusalCounts => Set<RefusalCount>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Consent> Consents => Set<Consent>();

    public DbSet<ProtectedResource> ProtectedResources => Set<ProtectedResource>();

    public DbSet<SigningKeyRecord> SigningKeys => Set<SigningKeyRecord>();

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        OpenIddictTables.Map(builder);
        OwnTables.Map(builder);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Every database stores and compares instants as UTC; SQLite knows no offsets and PostgreSQL refuses others.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcInstant>();
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcDate>();
    }

    private sealed class UtcInstant() : ValueConverter<DateTimeOffset, DateTime>(
        instant => instant.UtcDateTime,
        stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc)));

    private sealed class UtcDate() : ValueConverter<DateTime, DateTime>(
        date => date.ToUniversalTime(),
        stored => DateTime.SpecifyKind(stored, DateTimeKind.Utc));
}
