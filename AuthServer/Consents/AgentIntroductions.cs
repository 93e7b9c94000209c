using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Consents;

/// <summary>Introduces agents to people: who answers for them, and what they have done for this person before.</summary>
public sealed class AgentIntroductions(IDbContextFactory<AuthDbContext> contexts)
{
    // Whatever the agent, no more of a long trail is read than this, by the index on the person.
    private const int MostEvents = 2000;

    /// <summary>What an agent does, rather than what is done about it.</summary>
    private static readonly string[] Acts = [AuditEventTypes.TokenIssued, AuditEventTypes.TokenVerified];

    /// <summary>Null where there is no such agent.</summary>
    public async Task<AgentIntroduction?> OfAsync(string agentId, string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var found = await context.Agents.AsNoTracking().Where(agent => agent.Id == agentId)
            .Join(context.Organizations, agent => agent.OrganizationId, organization => organization.Id, (agent, organization) => new { Agent = agent, organization.Name })
            .FirstOrDefaultAsync(ct);
        if (found is null)
        {
            return null;
        }

        var trail = context.AuditEvents.AsNoTracking()
            .Where(row => row.Subject == userId && EF.Functions.Like(row.Subject, "usr_%"))
            .OrderByDescending(row => row.Id);
        var outcomes = await trail.Take(MostEvents)
            .Where(row => row.AgentId == agentId && Acts.Contains(row.Type))
            .OrderByDescending(row => row.Id)
            .Select(row => new { row.At, row.Outcome })
            .ToListAsync(ct);
        var before = outcomes.Count == 0 ? null : new AgentHistory(
            outcomes.Count(row => row.Outcome == AuditOutcomes.Success), outcomes.Count(row => row.Outcome != AuditOutcomes.Success), outcomes[0].At);
        var agent = found.Agent;
        var isNew = before is null && !await trail.Skip(MostEvents).AnyAsync(ct);
        return new AgentIntroduction(agent.Id, agent.Name, agent.Description, agent.HomepageUrl, found.Name, before, isNew);
    }
}
