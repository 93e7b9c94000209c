using AuthServer.Audit;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Tests.Policies;

/// <summary>A server that the tests of a class share, each with an organization of its own.</summary>
public sealed class PolicyServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await TestServer.StartAsync(("AuthServer:RateLimits:PerKey", "100000"));

    public async Task DisposeAsync() => await Server.DisposeAsync();

    public Task<OrganizationSide> OrganizationAsync() => OrganizationSide.CreateAsync(Server);

    public Task<List<AuditEventRow>> TrailAsync(OrganizationSide organization, string type) => Server.QueryAsync(context =>
        context.AuditEvents.AsNoTracking().Where(row => row.Type == type && row.OrganizationId == organization.Id).OrderBy(row => row.Id).ToListAsync());
}
