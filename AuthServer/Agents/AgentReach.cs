using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>Which agents a caller runs, and which it only sees. A developer runs those of the organization; an agent runs itself and what it made,
/// and sees who made it and whom it shares a live delegation with. All others do not exist for it.</summary>
/// <param name="Runs">False: it is only seen.</param>
internal sealed record AgentReach(AgentRow Row, bool Runs)
{
    public static Problem OnlySeen { get; } = Problem.Forbidden("not_yours", "You can see this agent, but it is not yours to run.");

    /// <summary>Chains of agents that made each other are short; a longer one is not followed.</summary>
    private const int MostGenerations = 11;

    /// <summary>Null: there is none that this caller knows.</summary>
    public static async Task<AgentReach?> FindAsync(AuthDbContext context, ActingParty caller, string id, DateTimeOffset now, CancellationToken ct)
    {
        if (caller.Developer is { } developer)
        {
            return await AgentRow.FindAsync(context, developer, id, ct) is { } own ? new(own, true) : null;
        }

        var me = caller.Agent!;
        if (Identifiers.Read("agt_", id) is not { } known
            || await AgentRow.Of(context, context.Agents.Where(agent => agent.Id == known)).FirstOrDefaultAsync(ct) is not { } row)
        {
            return null;
        }

        return known == me.Id || await MadeAsync(context, me.Id, row.Agent.ParentAgentId, ct) ? new(row, true)
            : await MadeAsync(context, known, await ParentAsync(context, me.Id, ct), ct) || await PeersAsync(context, me.Id, known, now, ct) ? new(row, false)
            : null;
    }

    /// <summary>All that the caller runs or sees.</summary>
    public static async Task<IQueryable<Agent>> KnownAsync(AuthDbContext context, ActingParty caller, DateTimeOffset now, CancellationToken ct)
    {
        if (caller.Agent is not { Id: var me })
        {
            return context.Agents.Where(agent => agent.OrganizationId == caller.OrganizationId);
        }

        HashSet<string> ids = [me];
        string[] generation = [me];
        for (var depth = 0; generation.Length > 0 && depth < MostGenerations; depth++)
        {
            var parents = generation;
            generation = await context.Agents.Where(agent => agent.ParentAgentId != null && parents.Contains(agent.ParentAgentId)).Select(agent => agent.Id).ToArrayAsync(ct);
            ids.UnionWith(generation);
        }

        var above = await ParentAsync(context, me, ct);
        for (var depth = 0; above is not null && depth < MostGenerations; depth++)
        {
            ids.Add(above);
            above = await ParentAsync(context, above, ct);
        }

        var live = context.Delegations.Where(row => row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now));
        return context.Agents.Where(agent => ids.Contains(agent.Id)
            || live.Any(row => (row.DelegatorId == me && row.DelegateId == agent.Id) || (row.DelegateId == me && row.DelegatorId == agent.Id)));
    }

    /// <summary>Whether one agent is another one's parent, or a parent's parent.</summary>
    /// <param name="parent">Where to begin.</param>
    private static async Task<bool> MadeAsync(AuthDbContext context, string ancestor, string? parent, CancellationToken ct)
    {
        for (var generation = 0; parent is not null && generation < MostGenerations; generation++)
        {
            if (parent == ancestor)
            {
                return true;
            }

            parent = await ParentAsync(context, parent, ct);
        }

        return false;
    }

    private static Task<string?> ParentAsync(AuthDbContext context, string id, CancellationToken ct) =>
        context.Agents.Where(agent => agent.Id == id).Select(agent => agent.ParentAgentId).FirstOrDefaultAsync(ct);

    private static Task<bool> PeersAsync(AuthDbContext context, string me, string other, DateTimeOffset now, CancellationToken ct) => context.Delegations.AnyAsync(
        row => ((row.DelegatorId == me && row.DelegateId == other) || (row.DelegatorId == other && row.DelegateId == me))
            && row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now),
        ct);
}
