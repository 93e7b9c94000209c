using AuthServer.Agents;
using AuthServer.Approvals;
using AuthServer.Data;
using AuthServer.Data.OpenIddict;
using AuthServer.Http;
using AuthServer.Mail;
using AuthServer.Organizations;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Scopes;
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

    private IDbContextFactory<AuthDbContext> Contexts => store.Services.GetRequiredService<IDbContextFactory<AuthDbContext>>();

    public PolicyCatalog Catalog => field ??= new PolicyCatalog(Contexts, Clock);

    public LimitLedger Ledger => store.Services.GetRequiredService<LimitLedger>();

    public Decisions Decisions => field ??= new Decisions(Catalog, Ledger, Desk, store.Trail, Issuer, NullLogger<Decisions>.Instance);

    public ApprovalChanges Answers => store.Services.GetRequiredService<ApprovalChanges>();

    private static IssuerUri Issuer { get; } = new("https://as.example");

    // No mail server: neither the master key nor anybody's language is needed.
    private ApprovalDesk Desk => field ??= new ApprovalDesk(
        store.Services.GetRequiredService<ApprovalLedger>(), new ApprovalMails(new Mails(null!, new MailSettings(null, TimeSpan.FromDays(1))), null!, Issuer), new ScopeCatalog(Contexts, Clock), Contexts,
        new AuthServerOptions());

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

    public Task<Verdict> DecideAsync(PolicyInput input, string? actionId = null) => DecideAsync(input, null, actionId);

    /// <param name="act">Null: nobody is asked.</param>
    public Task<Verdict> DecideAsync(PolicyInput input, ApprovableAct? act, string? actionId = null) => Decisions.DecideAsync(input, Event(), enforcer: null, actionId, act, default);

    /// <summary>An agent that may act.</summary>
    public async Task<string> AgentAsync()
    {
        var id = Identifiers.New("agt_", Clock.Now);
        await store.QueryAsync(async context =>
        {
            context.Applications.Add(new OpenIddictApplication { Id = "app_" + id, ClientId = "agc_" + id });
            context.Agents.Add(new Agent { Id = id, ApplicationId = "app_" + id, OrganizationId = OrganizationId, Name = id, NameScope = OrganizationId, Status = AgentStatus.Active, Version = "1" });
            return await context.SaveChangesAsync();
        });
        return id;
    }

    public Task<(string Outcome, string? Reason)> ToldAsync(Verdict verdict) => store.QueryAsync(async context =>
    {
        var row = await context.AuditEvents.SingleAsync(row => row.Id == verdict.DecisionId);
        return (row.Outcome, row.Reason);
    });
}
