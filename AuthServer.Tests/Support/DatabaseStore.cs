using AuthServer.Accounts;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Tests.Support;

/// <summary>A migrated database with everything that AddData registers.</summary>
public abstract class DatabaseStore : StateStore
{
    private readonly List<IHostedService> _running = [];
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

    public IDatabaseReader Reader => Services.GetRequiredService<IDatabaseReader>();

    public static ServiceProvider Provide(string provider, string connectionString, string home)
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddData(new DatabaseSettings(provider, connectionString, home, LongestAccessToken, OpenRequestsPerAddress));
        services.AddIdentityCore<User>().AddEntityFrameworkStores<AuthDbContext>();
        return services.BuildServiceProvider();
    }

    public override async Task InitializeAsync()
    {
        var (connectionString, home) = await CreateAsync();
        _services = Provide(Provider, connectionString, home);
        Created = await Services.GetRequiredService<DatabaseStart>().MigrateAsync(CancellationToken.None);
        Index = Services.GetRequiredService<RevocationIndex>();
    }

    /// <summary>Starts what runs in the background: the revocation feed and the pruning.</summary>
    public async Task RunAsync()
    {
        foreach (var service in Services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
            _running.Add(service);
        }
    }

    public override async Task DisposeAsync()
    {
        foreach (var service in _running)
        {
            await service.StopAsync(CancellationToken.None);
        }

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

    public AuthDbContext NewContext() => Services.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContext();

    public async Task<T> QueryAsync<T>(Func<AuthDbContext, Task<T>> query)
    {
        await using var context = NewContext();
        return await query(context);
    }

    protected abstract Task<(string ConnectionString, string Home)> CreateAsync();
}
