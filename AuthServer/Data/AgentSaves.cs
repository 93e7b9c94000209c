using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Saves what a developer or an agent does to agents, while they may still do it.</summary>
internal static class AgentSaves
{
    /// <summary>Agents that one which nobody answers for may have below itself.</summary>
    private const int MostUnclaimed = 50;

    /// <summary>One commit. Null: it is saved; else nothing is.</summary>
    public static async Task<Problem?> TrySaveChangesAsync(this AuthDbContext context, ActingParty caller, CancellationToken ct) =>
        caller.Agent is { } agent ? await TrySaveAsync(context, agent, ct)
        : await context.TrySaveChangesAsync(caller.Developer!, Role.Developer, ct) ? null
        : Problem.Forbidden("role", "You can no longer register agents.");

    /// <summary>Under the organization's lock and a share of the agent's: whoever claims it for an organization, or suspends it, is waited for, or sees what was saved.</summary>
    private static async Task<Problem?> TrySaveAsync(AuthDbContext context, ActingAgent caller, CancellationToken ct)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        if (context is PostgreSqlAuthDbContext)
        {
            // As PostgreSqlWriteTransaction locks and shares names. On SQLite whoever is in a transaction here writes alone.
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({caller.Identity.OrganizationId}, 0))", ct);
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared(hashtextextended({caller.Id}, 0))", ct);
        }

        if (!await context.Agents.AnyAsync(
            row => row.Id == caller.Id && row.OrganizationId == caller.Identity.OrganizationId && row.Status == AgentStatus.Active, ct))
        {
            return Problem.Forbidden("agent_changed", "You have changed hands, or may not act any more. Ask for a new token.");
        }

        Agent[] added = [.. context.ChangeTracker.Entries<Agent>().Where(entry => entry.State == EntityState.Added).Select(entry => entry.Entity)];
        foreach (var child in added)
        {
            // Whoever has claimed its maker a moment ago answers for it too.
            child.OwnerId = await context.Agents.Where(row => row.Id == child.ParentAgentId).Select(row => row.OwnerId).FirstOrDefaultAsync(ct);
        }

        if (added.Length > 0
            && await context.AgentClaims.AnyAsync(claim => claim.OrganizationId == caller.Identity.OrganizationId, ct)
            && await context.Agents.CountAsync(row => row.OrganizationId == caller.Identity.OrganizationId, ct) > MostUnclaimed)
        {
            return Problem.Forbidden("too_many_children", $"Until a person claims you, you can make {MostUnclaimed} agents.");
        }

        await context.SaveChangesAsync(ct);
        await transaction.CommitAsync(CancellationToken.None);
        return null;
    }
}
