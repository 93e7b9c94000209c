using AuthServer.Data;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuthServer.Tests.Policies;

/// <summary>An organization of its own in a database, with its policies, and what decides over them.</summary>
internal sealed class PolicyStore(DatabaseStore store)
{
    public string OrganizationId { get; init; } = Identifiers.New("acct_", Ask.Monday);

    public TestClock Clock { get; } = new(Ask.Monday);

    public PolicyCatalog Catalog => field ??= new PolicyCatalog(store.Services.GetRequiredService<IDbContextFactory<AuthDbContext>>(), Clock);

    public LimitLedger Ledger => store.Services.GetRequiredService<LimitLedger>();

    public Decisions Decisions => field ??= new Decisions(Catalog, Ledger, store.Trail, NullLogger<Decisions>.Instance);

    public async Task<PolicyRow> AddAsync(string rules, string name = "Office", PolicyEffect effect = PolicyEffect.Allow)
    {
        var row = new PolicyRow
        {
            Id = Identifiers.New("pol_", Clock.Now),
            OrganizationId = OrganizationId,
            Name = name,
            Effect = effect,
            Rules = rules,
            Enabled = true,
            Version = Guid.NewGuid().ToString(),
        };
        await store.QueryAsync(async context =>
        {
            if (await context.Organizations.FindAsync(OrganizationId) is null)
                context.Organizations.Add(new Organization { Id = OrganizationId, Name = "Acme", Version = "1" });
            context.Policies.Add(row);
            return await context.SaveChangesAsync();
        });
        Catalog.Forget(OrganizationId);
        return row;
    }

    public PolicyInput Input(params string[] actions) => Ask.For(actions) with { OrganizationId = OrganizationId, Now = Clock.Now };

    public AuditEvent Event() =>
        new() { Id = Identifiers.New("aud_", Clock.Now), At = Clock.Now, Type = "test.decided", Outcome = AuditOutcomes.Denied, Address = "192.0.2.200" };

    public Task<Verdict> DecideAsync(PolicyInput input, string? actionId = null) => Decisions.DecideAsync(input, Event(), enforcer: null, actionId, default);

    public Task<(string Outcome, string? Reason)> ToldAsync(Verdict verdict) => store.QueryAsync(async context =>
    {
        var row = await context.AuditEvents.SingleAsync(row => row.Id == verdict.DecisionId);
        return (row.Outcome, row.Reason);
    });
}
