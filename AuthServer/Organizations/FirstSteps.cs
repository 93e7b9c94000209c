using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Policies;
using AuthServer.Protocol.State;
using AuthServer.Vault.Proxy;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>How far an organization has come on the way to its first call. Read from what is there: nobody ticks anything off.</summary>
public sealed class FirstSteps(IDbContextFactory<AuthDbContext> contexts, AuditQuery trail)
{
    private static readonly string[] Calls = [AuditEventTypes.TokenVerified, PolicyEvents.AccessEvaluated, ProxyEvents.Called];

    public async Task<StepsTaken> ReadAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var agents = context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == organizationId);
        var first = await agents.OrderBy(agent => agent.Id).Select(agent => agent.Id).FirstOrDefaultAsync(ct);
        if (first is null)
        {
            return new StepsTaken(null, false, false, false);
        }

        // A secret comes with the agent, unless it brought keys of its own.
        var hasKey = await context.ApiKeys.AnyAsync(key => agents.Any(agent => agent.Id == key.AgentId), ct)
            || await context.ClientSecrets.AnyAsync(secret => agents.Any(agent => agent.ApplicationId == secret.ApplicationId), ct)
            || await context.Applications.AnyAsync(application => application.JsonWebKeySet != null && agents.Any(agent => agent.ApplicationId == application.Id), ct);
        return new StepsTaken(first, hasKey, await HappenedAsync(organizationId, [AuditEventTypes.TokenIssued], ct), await HappenedAsync(organizationId, Calls, ct));
    }

    private async Task<bool> HappenedAsync(string organizationId, string[] types, CancellationToken ct) =>
        (await trail.FindAsync(new AuditFilter { OrganizationId = organizationId, Types = types, Outcome = AuditOutcomes.Success }, 1, ct)).Entries.Count > 0;
}

/// <param name="FirstAgentId">Null: there is none yet.</param>
/// <param name="HasKey">Something by which an agent proves itself.</param>
/// <param name="HadToken">As far as the trail goes back, likewise <paramref name="HadCall"/>.</param>
public sealed record StepsTaken(string? FirstAgentId, bool HasKey, bool HadToken, bool HadCall)
{
    public bool All => FirstAgentId is not null && HasKey && HadToken && HadCall;
}
