using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Agents;
using AuthServer.Agents.Claims;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Approvals;
using AuthServer.Audit;
using AuthServer.Branding;
using AuthServer.Certificates;
using AuthServer.Consents;
using AuthServer.Data.OpenIddict;
using AuthServer.Delegations;
using AuthServer.ExternalSignIn;
using AuthServer.Figures;
using AuthServer.Keys;
using AuthServer.Mail;
using AuthServer.Notices;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Scopes;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Refresh;
using AuthServer.Vault.Secrets;
using AuthServer.Vault.Usage;
using AuthServer.Webhooks;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Data;

/// <summary>All tables: OpenIddict's, Identity's and our own. One derived context per database holds that database's migrations.
/// What it saves passes the same gate as the batching writer's changes.</summary>
public abstract class AuthDbContext(DbContextOptions options) : IdentityUserContext<User>(options)
{
    // Null where the database puts its writers in order itself.
    private readonly WriteGate? _gate = Find<WriteGate>(options);

    // Null at design time, when nothing is saved.
    private readonly LaneUse? _lane = Find<AuditLanes>(options) is { } lanes ? new LaneUse(lanes) : null;

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

    public DbSet<AuditCheckpoint> AuditCheckpoints => Set<AuditCheckpoint>();

    public DbSet<RefusalCount> RefusalCounts => Set<RefusalCount>();

    public DbSet<HourFigure> HourFigures => Set<HourFigure>();

    public DbSet<FigureProgress> FigureProgress => Set<FigureProgress>();

    public DbSet<ClientUse> ClientUses => Set<ClientUse>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Authenticator> Authenticators => Set<Authenticator>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<IdentityUserPasskey<string>> Passkeys => Set<IdentityUserPasskey<string>>();

    public DbSet<PasskeyUse> PasskeyUses => Set<PasskeyUse>();

    public DbSet<ExternalLogin> ExternalLogins => Set<ExternalLogin>();

    public DbSet<ExternalArrival> ExternalArrivals => Set<ExternalArrival>();

    public DbSet<Consent> Consents => Set<Consent>();

    public DbSet<ProtectedResource> ProtectedResources => Set<ProtectedResource>();

    public DbSet<OrganizationScope> OrganizationScopes => Set<OrganizationScope>();

    public DbSet<PolicyRow> Policies => Set<PolicyRow>();

    public DbSet<Approval> Approvals => Set<Approval>();

    public DbSet<PolicyLimitRow> PolicyLimits => Set<PolicyLimitRow>();

    public DbSet<SigningKeyRecord> SigningKeys => Set<SigningKeyRecord>();

    public DbSet<Organization> Organizations => Set<Organization>();

    public DbSet<Brand> Brands => Set<Brand>();

    public DbSet<BrandLogo> BrandLogos => Set<BrandLogo>();

    public DbSet<Member> Members => Set<Member>();

    public DbSet<OrganizationInvitation> OrganizationInvitations => Set<OrganizationInvitation>();

    public DbSet<DeveloperKey> DeveloperKeys => Set<DeveloperKey>();

    public DbSet<Certificate> Certificates => Set<Certificate>();

    public DbSet<Connection> Connections => Set<Connection>();

    public DbSet<ConnectionVersion> ConnectionVersions => Set<ConnectionVersion>();

    public DbSet<VaultKeyRecord> VaultKeys => Set<VaultKeyRecord>();

    public DbSet<ConnectedAccount> ConnectedAccounts => Set<ConnectedAccount>();

    public DbSet<GrantEnding> GrantEndings => Set<GrantEnding>();

    public DbSet<ClosedVault> ClosedVaults => Set<ClosedVault>();

    public DbSet<RefreshCircuit> RefreshCircuits => Set<RefreshCircuit>();

    public DbSet<ConnectionUsage> ConnectionUsages => Set<ConnectionUsage>();

    public DbSet<CredentialPulse> CredentialPulses => Set<CredentialPulse>();

    public DbSet<AccountLink> AccountLinks => Set<AccountLink>();

    public DbSet<Agent> Agents => Set<Agent>();

    public DbSet<AgentClaim> AgentClaims => Set<AgentClaim>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<Delegation> Delegations => Set<Delegation>();

    public DbSet<DelegationKey> DelegationKeys => Set<DelegationKey>();

    public DbSet<ClientSecret> ClientSecrets => Set<ClientSecret>();

    public DbSet<OrganizationProvider> OrganizationProviders => Set<OrganizationProvider>();

    public DbSet<Webhook> Webhooks => Set<Webhook>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    public DbSet<ApiDevice> ApiDevices => Set<ApiDevice>();

    public DbSet<OutgoingMail> Mails => Set<OutgoingMail>();

    public DbSet<OrganizationApplication> OrganizationApplications => Set<OrganizationApplication>();

    public DbSet<ExpiryNotice> ExpiryNotices => Set<ExpiryNotice>();

    public DbSet<MailedLink> MailedLinks => Set<MailedLink>();

    public DbSet<PasswordRequest> PasswordRequests => Set<PasswordRequest>();

    /// <summary>Whether this context is inside the gate, so that what it does there need not enter again.</summary>
    internal bool InGate { get; private set; }

    /// <summary>Whether a single command of it entered, and leaves when it has run.</summary>
    internal bool InGateForCommand { get; set; }

    /// <summary>Whether a transaction of it entered, and leaves when that ends. On SQLite nobody else writes meanwhile:
    /// hash passwords and ask other servers before.</summary>
    internal bool InGateForTransaction { get; set; }

    public override int SaveChanges(bool acceptAllChangesOnSuccess) =>
        throw new NotSupportedException("Changes are saved by SaveChangesAsync.");

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        var entered = await EnterGateAsync(cancellationToken);
        try
        {
            return await SaveInGateAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        finally
        {
            LeaveGate(entered);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        EndTransaction(committed: false);
        GC.SuppressFinalize(this);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        EndTransaction(committed: false);
        GC.SuppressFinalize(this);
    }

    /// <returns>Whether the caller has to leave it.</returns>
    internal async ValueTask<bool> EnterGateAsync(CancellationToken ct)
    {
        if (InGate)
        {
            return false;
        }

        if (_gate is not null)
        {
            await _gate.EnterAsync(ct);
        }

        return InGate = true;
    }

    internal void LeaveGate(bool entered)
    {
        if (entered)
        {
            InGate = false;
            _gate?.Leave();
        }
    }

    /// <summary>A transaction of it has ended, in whichever way; later calls do nothing.</summary>
    internal void EndTransaction(bool committed)
    {
        if (!InGateForTransaction)
        {
            return;
        }

        InGateForTransaction = false;
        if (committed)
        {
            _lane?.Commit();
        }
        else
        {
            _lane?.Undo();
        }

        LeaveGate(true);
    }

    /// <summary>A transaction of it could not be committed; perhaps it was all the same.</summary>
    internal void DoubtTransaction(Exception failure)
    {
        if (InGateForTransaction && !LaneUse.IsUndone(failure))
        {
            _lane?.Abandon();
        }
    }

    /// <summary>For queries that compare names whatever their case: both sides in the database's capitals, which are not the same everywhere.</summary>
    [DbFunction("upper", IsBuiltIn = true)]
    public static string Upper(string text) => throw new NotSupportedException("It is the database that does this.");

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        OpenIddictTables.Map(builder);
        OwnTables.Map(builder);
        TrailTables.Map(builder);
        FigureTables.Map(builder);
        PolicyTables.Map(builder);
        ApprovalTables.Map(builder);
        OrganizationTables.Map(builder);
        BrandTables.Map(builder);
        CertificateTables.Map(builder);
        VaultTables.Map(builder);
        VaultUseTables.Map(builder);
        ProviderTables.Map(builder);
        DelegationTables.Map(builder);
        ExternalTables.Map(builder);
        StrongTables.Map(builder);
        ScopeTables.Map(builder);
        WebhookTables.Map(builder);
        MailTables.Map(builder);
        NoticeTables.Map(builder);
        ApplicationTables.Map(builder);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // Every database stores and compares instants as UTC; SQLite knows no offsets and PostgreSQL refuses others.
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcInstant>();
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcDate>();
    }

    // Pooled contexts are given nothing but options.
    private static T? Find<T>(DbContextOptions options)
        where T : class => options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider?.GetService<T>();

    private async Task<int> SaveInGateAsync(bool acceptAllChangesOnSuccess, CancellationToken ct)
    {
        var events = NewEvents();
        if (events.Count == 0)
        {
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, ct);
        }

        ct.ThrowIfCancellationRequested();
        var mark = _lane!.Mark;
        try
        {
            events.ForEach(row => _lane.Placed(_lane.Next(row)));

            // From here on nothing is cancelled: a commit that was sent may have happened.
            var saved = await base.SaveChangesAsync(acceptAllChangesOnSuccess, CancellationToken.None);
            if (!InGateForTransaction)
            {
                _lane.Commit();
            }

            return saved;
        }
        catch (Exception) when (InGateForTransaction)
        {
            _lane.Reset(mark); // EF has gone back to its savepoint
            throw;
        }
        catch (Exception e)
        {
            _lane.Fail(e);
            throw;
        }
    }

    private List<AuditEventRow> NewEvents()
    {
        List<AuditEventRow> events = [];
        foreach (var entry in ChangeTracker.Entries<AuditEventRow>())
        {
            if (entry.State is EntityState.Modified or EntityState.Deleted)
            {
                throw new NotSupportedException("The trail is append-only.");
            }

            if (entry.State == EntityState.Added)
            {
                events.Add(entry.Entity);
            }
        }

        return events;
    }

    private sealed class UtcInstant() : ValueConverter<DateTimeOffset, DateTime>(
        instant => instant.UtcDateTime,
        stored => new DateTimeOffset(DateTime.SpecifyKind(stored, DateTimeKind.Utc)));

    private sealed class UtcDate() : ValueConverter<DateTime, DateTime>(
        date => date.ToUniversalTime(),
        stored => DateTime.SpecifyKind(stored, DateTimeKind.Utc));
}
