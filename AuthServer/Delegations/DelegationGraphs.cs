using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Delegations;

/// <summary>Who gave what to whom: all that an organization or a person is part of, or one chain of it.</summary>
public sealed class DelegationGraphs(IDbContextFactory<AuthDbContext> contexts, DelegationViews views, GivenDelegations given)
{
    /// <summary>Hops of one picture.</summary>
    public const int Most = 80;

    // What lies below the hops that are seen is read up to here; of a tree larger than that the picture says that it is cut.
    private const int MostRead = 2000;
    private const int MostIds = 500;

    /// <summary>All that this party gave or received, what it hangs on, and what hangs on it.</summary>
    /// <param name="agentId">Only what concerns this agent; null: everything.</param>
    public async Task<DelegationGraph> FindAsync(DelegationParty party, string? agentId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var all = GivenDelegations.Seen(context, party);
        all = agentId is null ? all : all.Where(row => row.DelegatorId == agentId || row.DelegateId == agentId);

        // What others gave to its agents does not stand before what it gave itself: anybody can give them something.
        var own = party.OrganizationId;
        var seen = await all.OrderByDescending(row => row.OrganizationId == own).ThenByDescending(row => row.RootId).ThenBy(row => row.Path).Take(Most + 1).ToListAsync(ct);
        var ownRoots = seen.Where(row => row.OrganizationId == own).Select(row => row.RootId).ToHashSet(StringComparer.Ordinal);
        var rows = seen.ToDictionary(row => row.Id, StringComparer.Ordinal);
        var near = await ReadAsync(context, [.. seen.Select(row => row.RootId).Distinct(StringComparer.Ordinal)], ct);
        foreach (var row in near.Where(row => row.HopIds.Any(rows.ContainsKey)).ToList())
        {
            rows.TryAdd(row.Id, row);
        }

        await AddAboveAsync(context, rows, ct);
        var ordered = rows.Values.OrderByDescending(row => ownRoots.Contains(row.RootId)).ThenByDescending(row => row.RootId, StringComparer.Ordinal).ThenBy(row => row.Path, StringComparer.Ordinal).Take(Most).ToList();
        return new DelegationGraph(await views.OfAsync(context, ordered, party, opens: true, ct), rows.Count > Most || near.Count == MostRead);
    }

    /// <summary>One hop and those above it, root first.</summary>
    public async Task<Answer<DelegationGraph>> ChainAsync(DelegationParty party, string id, CancellationToken ct)
    {
        if ((await given.ChainAsync(party, id, ct)).Failed(out var problem, out var chain))
        {
            return problem;
        }

        return new DelegationGraph(await ChainAsync(party, [.. chain.Chain.Select(hop => hop.Id)], ct), IsCut: false);
    }

    /// <summary>The organization's own agents that are part of any delegation, by name.</summary>
    public async Task<IReadOnlyList<SeenAgent>> AgentsAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Agents.AsNoTracking()
            .Where(agent => agent.OrganizationId == organizationId && context.Delegations.Any(row => row.DelegatorId == agent.Id || row.DelegateId == agent.Id))
            .OrderBy(agent => agent.NormalizedName).Take(MostIds)
            .Select(agent => new SeenAgent(agent.Id, agent.Name, agent.OrganizationId, null, agent.Status == AgentStatus.Active)).ToListAsync(ct);
    }

    /// <summary>The names of those among these agents whose names this party sees.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(DelegationParty party, IReadOnlyList<string> agentIds, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Agents.AsNoTracking().Where(agent => agentIds.Contains(agent.Id) && (party.OrganizationId == null || agent.OrganizationId == party.OrganizationId))
            .ToDictionaryAsync(agent => agent.Id, agent => agent.Name, StringComparer.Ordinal, ct);
    }

    /// <summary>The hops of these ids, root first.</summary>
    internal async Task<IReadOnlyList<DelegationView>> ChainAsync(DelegationParty? party, string[] ids, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.Delegations.AsNoTracking().Where(row => ids.Contains(row.Id)).OrderBy(row => row.ChainDepth).ToListAsync(ct);
        return await views.OfAsync(context, rows, party, opens: false, ct);
    }

    private static Task<List<Delegation>> ReadAsync(AuthDbContext context, string[] rootIds, CancellationToken ct) =>
        context.Delegations.AsNoTracking().Where(row => rootIds.Contains(row.RootId)).OrderByDescending(row => row.RootId).ThenBy(row => row.Path).Take(MostRead).ToListAsync(ct);

    private static async Task AddAboveAsync(AuthDbContext context, Dictionary<string, Delegation> rows, CancellationToken ct)
    {
        foreach (var part in rows.Values.SelectMany(row => row.HopIds).Where(id => !rows.ContainsKey(id)).Distinct(StringComparer.Ordinal).ToList().Chunk(MostIds))
        {
            foreach (var row in await context.Delegations.AsNoTracking().Where(row => part.Contains(row.Id)).ToListAsync(ct))
            {
                rows[row.Id] = row;
            }
        }
    }
}
