using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace AuthServer.Data;

public static class DataRegistration
{
    /// <summary>The database, its contexts (<see cref="AuthDbContext"/>, scoped, or <c>IDbContextFactory&lt;AuthDbContext&gt;</c>), writer, reader and ports.
    /// The host awaits <see cref="DatabaseStart"/> before it serves.</summary>
    public static IServiceCollection AddData(this IServiceCollection services, DatabaseSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton<RevocationIndex>();
        services.AddSingleton<RevocationFeed>();
        services.AddSingleton<AuditLanes>();
        services.AddSingleton<StoredCheckpoints>();
        services.AddSingleton<ExpiredEvents>();
        services.AddSingleton<AuditErasure>();
        services.AddSingleton<TokenPruning>();
        services.AddHostedService<Pruning>();
        services.AddSingleton<DatabaseStart>();
        services.AddSingleton<LimitLedger>();
        services.AddSingleton<ApprovalLedger>();
        services.AddSingleton<ApprovalChanges>();
        services.AddSingleton<IAuthorizationCodes, StoredCodes>();
        services.AddSingleton<IRefreshTokens, StoredRefreshTokens>();
        services.AddSingleton<StoredFamilies>();
        services.AddSingleton<ITokenFamilies>(provider => provider.GetRequiredService<StoredFamilies>());
        services.AddSingleton<AgentStatuses>();
        services.AddSingleton<NarrowedAgents>();
        services.AddSingleton<DeveloperKeyChanges>();
        services.AddSingleton<CertificateChanges>();
        services.AddSingleton<VaultKeyChanges>();
        services.AddSingleton<MemberChanges>();
        services.AddSingleton<Closings>();
        services.AddSingleton<OrganizationStates>();
        services.AddSingleton<PersonStates>();
        services.AddSingleton<StoredCredentials>();
        services.AddSingleton<IActiveAgents, StoredActiveAgents>();
        services.AddSingleton<IDelegations, StoredDelegations>();
        services.AddSingleton<IConsents, StoredConsents>();
        services.AddSingleton<DelegationChanges>();
        services.AddSingleton<ApiKeyChanges>();
        services.AddSingleton<ClaimChanges>();
        services.AddSingleton<UnclaimedEndings>();
        services.AddSingleton<ConsentAnswers>();
        services.AddSingleton<FigureLedger>();
        services.AddSingleton<WebhookNews>();
        services.AddSingleton<TrailWatch>();
        services.AddHostedService<TrailWatchRounds>();
        services.AddSingleton<WebhookOutbox>();
        services.AddSingleton<AccountRefreshes>();
        services.AddSingleton<ConnectionUsages>();
        services.AddSingleton<CredentialPulses>();
        services.AddSingleton<MailOutbox>();
        services.AddSingleton<PasswordResets>();
        services.AddSingleton<FactorResets>();
        services.AddSingleton<SessionEndings>();
        services.AddSingleton<IReplayGuard, StoredReplayGuard>();
        services.AddSingleton<IAuditTrail, AuditTrail>();
        services.AddSingleton<IAuthorizationRequests, AuthorizationRequests>();
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContext());
        return settings.Provider switch
        {
            DatabaseSettings.Sqlite => services.AddSqlite(settings),
            DatabaseSettings.PostgreSql => services.AddPostgreSql(settings),
            _ => throw new ArgumentException($"AuthServer:Database:Provider is '{settings.Provider}'; it may be Sqlite or PostgreSql."),
        };
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services, DatabaseSettings settings)
    {
        var connections = new SqliteConnections(settings);
        services.AddSingleton(connections);
        services.AddSingleton<WriteGate>();
        services.AddSingleton<SqliteCheckpoints>();
        services.AddSingleton<IDatabaseWriter, SqliteWriter>();
        services.AddSingleton<IDatabaseReader, SqliteReader>();
        services.AddSingleton<ITrailSnapshots, SqliteTrail>();
        services.AddHostedService<RevocationPolling>();
        services.AddPooledDbContextFactory<SqliteAuthDbContext>(options =>
            options.UseSqlite(connections.ConnectionString).AddInterceptors(connections, new WriteGateInterceptor()));
        return services.AddSingleton<IDbContextFactory<AuthDbContext>, ContextFactory<SqliteAuthDbContext>>();
    }

    private static IServiceCollection AddPostgreSql(this IServiceCollection services, DatabaseSettings settings)
    {
        var parts = new NpgsqlConnectionStringBuilder(settings.ConnectionString);
        if (!parts.ContainsKey("Max Auto Prepare"))
        {
            // The same few statements all day: their plans are kept on each connection.
            parts.MaxAutoPrepare = 100;
        }

        services.AddSingleton(_ => NpgsqlDataSource.Create(parts.ConnectionString));
        services.AddSingleton<IDatabaseWriter, PostgreSqlWriter>();
        services.AddSingleton<IDatabaseReader, PostgreSqlReader>();
        services.AddSingleton<ITrailSnapshots, PostgreSqlTrail>();
        services.AddHostedService<RevocationListener>();
        services.AddPooledDbContextFactory<PostgreSqlAuthDbContext>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()).AddInterceptors(new WriteGateInterceptor()));
        return services.AddSingleton<IDbContextFactory<AuthDbContext>, ContextFactory<PostgreSqlAuthDbContext>>();
    }

    /// <summary>Callers know only <see cref="AuthDbContext"/>.</summary>
    private sealed class ContextFactory<TContext>(IDbContextFactory<TContext> pool) : IDbContextFactory<AuthDbContext>
        where TContext : AuthDbContext
    {
        public AuthDbContext CreateDbContext() => pool.CreateDbContext();
    }
}
