using AuthServer.Data;
using AuthServer.Delegations;
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

    public static Problem ActsForAnother { get; } = Problem.Forbidden("acts_for_another", "With a delegated token nobody's agents can be managed.");

    private static Problem Itself { get; } = Problem.Forbidden("own_record", "An agent changes and ends those that it made, not itself.");

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

        return known == me.Id || (await AncestorsAsync(context, known, ct)).Contains(me.Id) ? new(row, true)
            : (await AncestorsAsync(context, me.Id, ct)).Contains(known) || await PeersOf(context, me.Id, now).AnyAsync(peer => peer == known, ct) ? new(row, false)
            : null;
    }

    /// <summary>One that the caller may change: a developer any of the organization, an agent in its own name those that it made.</summary>
    public static async Task<Answer<AgentRow>> FindMadeAsync(AuthDbContext context, ActingParty caller, string id, DateTimeOffset now, CancellationToken ct) =>
        caller.Agent is { ActsForItself: false } ? ActsForAnother
        : await FindAsync(context, caller, id, now, ct) is not { } reach ? Problem.NotFound
        : !reach.Runs ? OnlySeen
        : reach.Row.Agent.Id == caller.Agent?.Id ? Itself
        : reach.Row;

    /// <summary>All that the caller runs or sees.</summary>
    public static async Task<IQueryable<Agent>> KnownAsync(AuthDbContext context, ActingParty caller, DateTimeOffset now, CancellationToken ct) =>
        caller.Agent is { } agent ? await KnownToAsync(context, agent.Id, now, ct) : context.Agents.Where(agent => agent.OrganizationId == caller.OrganizationId);

    /// <summary>All that an agent runs or sees.</summary>
    public static async Task<IQueryable<Agent>> KnownToAsync(AuthDbContext context, string me, DateTimeOffset now, CancellationToken ct)
    {
        var ids = await TreeAsync(context, me, ct);
        ids.UnionWith(await AncestorsAsync(context, me, ct));
        var peers = PeersOf(context, me, now);
        return context.Agents.Where(agent => ids.Contains(agent.Id) || peers.Contains(agent.Id));
    }

    /// <summary>The ids of an agent and of all that it made, and they made.</summary>
    public static async Task<HashSet<string>> TreeAsync(AuthDbContext context, string root, CancellationToken ct)
    {
        HashSet<string> ids = [root];
        string[] generation = [root];
        for (var depth = 0; generation.Length > 0 && depth < MostGenerations; depth++)
        {
            var parents = generation;
            generation = await context.Agents.Where(agent => agent.ParentAgentId != null && parents.Contains(agent.ParentAgentId)).Select(agent => agent.Id).ToArrayAsync(ct);
            ids.UnionWith(generation);
        }

        return ids;
    }

    /// <summary>Who made it, who made that, and so on.</summary>
    private static async Task<List<string>> AncestorsAsync(AuthDbContext context, string id, CancellationToken ct)
    {
        List<string> ancestors = [];
        for (var child = id; ancestors.Count < MostGenerations; child = ancestors[^1])
        {
            if (await context.Agents.Where(agent => agent.Id == child).Select(agent => agent.ParentAgentId).FirstOrDefaultAsync(ct) is not { } parent)
            {
                break;
            }

            ancestors.Add(parent);
        }

        return ancestors;
    }

    private static IQueryable<string> PeersOf(AuthDbContext context, string me, DateTimeOffset now) => context.Delegations.Live(now)
        .Where(row => row.DelegatorId == me || row.DelegateId == me)
        .Select(row => row.DelegatorId == me ? row.DelegateId : row.DelegatorId);
}
