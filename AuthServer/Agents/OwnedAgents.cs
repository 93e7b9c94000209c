using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>The agents that a person answers for.</summary>
public sealed class OwnedAgents(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>No page lists more; the API does.</summary>
    private const int Most = 100;

    /// <summary>Newest first, without those that were revoked.</summary>
    public async Task<IReadOnlyList<OwnedAgent>> ListAsync(string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Agents.AsNoTracking().Where(agent => agent.OwnerId == userId && agent.Status != AgentStatus.Revoked)
            .OrderByDescending(agent => agent.Id).Take(Most)
            .Join(context.Organizations, agent => agent.OrganizationId, organization => organization.Id, (agent, organization) =>
                new OwnedAgent(agent.Id, agent.Name, agent.Type, agent.Status, agent.Description, organization.Name))
            .ToListAsync(ct);
    }
}

/// <summary>An agent that a person answers for.</summary>
public sealed record OwnedAgent(string Id, string Name, AgentType Type, AgentStatus Status, string? Description, string Organization);
