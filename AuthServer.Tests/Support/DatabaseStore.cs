using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Support;

/// <summary>A migrated database with everything that AddData registers.</summary>
public abstract class DatabaseStore : StateStore
{
    private ServiceProvider? _services;

    public IServiceProvider Services => _services!;

    /// <summary>What the start said: whether it made the database.</summary>
    public bool Created { get; private set; }

    public override IAuthorizationCodes Codes => Services.GetRequiredService<IAuthorizationCodes>();

    public override IRefreshTokens RefreshTokens => Services.GetRequiredService<IRefreshTokens>();

    public override ITokenFamilies Families => Services.GetRequiredService<ITokenFamilies>();

    public override IReplayGuard ReplayGuard => Services.GetRequiredService<IReplayGuard>();

    public override IAuditTrail Trail => Services.GetRequiredService<IAuditTrail>();

    public override IAuthorizationRequests Requests => Services.GetRequiredService<IAuthorizationRequests>();

    public IDatabaseWriter Writer => Services.GetRequiredService<IDatabaseWriter>();

    protected abstract string Provider { get; }

    public static ServiceProvider Provide(string provider, string connectionString, string home) =>
        new ServiceCollection()
            .AddLogging()
            .AddData(new DatabaseSettings(provider, connectionString, home, LongestAccessToken, OpenRequestsPerAddress))
            .BuildServiceProvider();

    public override async Task InitializeAsync()
    {
        var (connectionString, home) = await CreateAsync();
        _services = Provide(Provider, connectionString, home);
        Created = await Services.GetRequiredService<DatabaseStart>().MigrateAsync(CancellationToken.None);
        Index = Services.GetRequiredService<RevocationIndex>();
    }

    public override async Task DisposeAsync()
    {
        if (_services is not null)
        {
            await _services.DisposeAsync();
        }
    }

    public override Task GrantAsync(string applicationId, string authorizationId, string subject) => QueryAsync(async context =>
    {
        if (await context.Applications.FindAsync(applicationId) is null)
        {
            context.Applications.Add(new OpenIddictApplication { Id = applicationId, ClientId = "client_of_" + applicationId });
        }

        context.Authorizations.Add(new OpenIddictAuthorization { Id = authorizationId, ApplicationId = applicationId, Subject = subject, Status = "valid" });
        return await context.SaveChangesAsync();
    });

    public override Task<bool> HasEventAsync(string id) => QueryAsync(context => context.AuditEvents.AnyAsync(row => row.Id == id));

    public async Task<T> QueryAsync<T>(Func<AuthDbContext, Task<T>> query)
    {
        await using var context = await Services.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContextAsync();
        return await query(context);
    }

    protected abstract Task<(string ConnectionString, string Home)> CreateAsync();
}
