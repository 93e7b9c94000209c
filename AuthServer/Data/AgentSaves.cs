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

    /// <summary>One commit, under the organization's lock and a share of the names of the agent that calls, of its key and of a new one's maker: whoever claims, suspends or
    /// revokes them is waited for, or sees what was saved. Null: it is saved; else nothing is.</summary>
    public static async Task<Problem?> TrySaveChangesAsync(this AuthDbContext context, ActingParty caller, CancellationToken ct)
    {
        Agent[] added = [.. context.ChangeTracker.Entries<Agent>().Where(entry => entry.State == EntityState.Added).Select(entry => entry.Entity)];
        var makerId = added.Select(agent => agent.ParentAgentId).FirstOrDefault();
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        if (context is PostgreSqlAuthDbContext)
        {
            await LockAsync(context, caller, makerId, ct);
        }

        var refused = await (caller.Agent is { } agent ? RefuseAsync(context, agent, added.Length, ct) : RefuseAsync(context, caller.Developer!, ct));
        if (refused is null && makerId is not null && !await context.Agents.AnyAsync(row => row.Id == makerId && row.Status == AgentStatus.Active, ct))
        {
            refused = Problem.Invalid("parentAgentId", "This agent is not active, so it can have no new children.");
        }

        if (refused is null)
        {
            if (caller.Agent is not null)
            {
                await HandOnOwnerAsync(context, added, ct);
            }

            await context.SaveChangesAsync(ct);
            await transaction.CommitAsync(CancellationToken.None);
        }

        return refused;
    }

    /// <summary>As PostgreSqlWriteTransaction locks and shares names. On SQLite whoever is in a transaction here writes alone.</summary>
    private static async Task LockAsync(AuthDbContext context, ActingParty caller, string? makerId, CancellationToken ct)
    {
        if (caller.Agent is null)
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared(hashtextextended({caller.OrganizationId}, 0))", ct);
        }
        else
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({caller.OrganizationId}, 0))", ct);
        }

        foreach (var name in new[] { caller.Agent?.Id, caller.Agent?.Client.Key?.Id, makerId }.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock_shared(hashtextextended({name}, 0))", ct);
        }
    }

    private static async Task<Problem?> RefuseAsync(AuthDbContext context, Developer developer, CancellationToken ct) =>
        await context.Members.AnyAsync(row => row.OrganizationId == developer.OrganizationId && row.UserId == developer.UserId && row.Role >= Role.Developer, ct)
            ? null
            : Problem.Forbidden("role", "You can no longer change agents here.");

    /// <param name="added">How many agents it makes.</param>
    private static async Task<Problem?> RefuseAsync(AuthDbContext context, ActingAgent caller, int added, CancellationToken ct)
    {
        if (!await context.Agents.AnyAsync(
            row => row.Id == caller.Id && row.OrganizationId == caller.Identity.OrganizationId && row.Status == AgentStatus.Active, ct))
        {
            return Problem.Forbidden("agent_changed", "You have changed hands, or may not act any more. Ask for a new token.");
        }

        if (caller.Client.Key is { IsCertificate: false, Id: var key } && await context.ApiKeys.AnyAsync(row => row.Id == key && row.RevokedAt != null, ct))
        {
            return Problem.Forbidden("key_ended", "The API key that you use was revoked a moment ago.");
        }

        return added > 0
            && await context.AgentClaims.AnyAsync(claim => claim.OrganizationId == caller.Identity.OrganizationId, ct)
            && await context.Agents.CountAsync(row => row.OrganizationId == caller.Identity.OrganizationId, ct) > MostUnclaimed
                ? Problem.Forbidden("too_many_children", $"Until a person claims you, you can make {MostUnclaimed} agents.")
                : null;
    }

    /// <summary>Whoever answers for the maker of new agents answers for them too: perhaps somebody who has claimed it a moment ago.</summary>
    private static async Task HandOnOwnerAsync(AuthDbContext context, Agent[] added, CancellationToken ct)
    {
        foreach (var child in added)
        {
            child.OwnerId = await context.Agents.Where(row => row.Id == child.ParentAgentId).Select(row => row.OwnerId).FirstOrDefaultAsync(ct);
        }
    }
}
