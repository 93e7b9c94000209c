using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Policies;

/// <summary>The policies that an agent may read: those in force that can bind it or an agent that it made. Of the agents that they name it learns those that
/// it knows, and of people nobody. All other policies do not exist for it.</summary>
public sealed class AgentPolicies(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    /// <param name="of">Only those that can bind this one, which it runs.</param>
    public async Task<Answer<Page<PolicyItem>>> ListAsync(ActingAgent caller, AgentIdFilter of, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var tree = await TreeAsync(context, caller, ct);
        if (of.AgentId is { } named)
        {
            tree = [.. tree.Where(agent => agent.Id == named)];
        }

        // An organization has a few hundred at most.
        var rows = await context.Policies.AsNoTracking().Where(row => row.OrganizationId == caller.Identity.OrganizationId && row.Enabled)
            .OrderByDescending(row => row.Priority).ThenBy(row => row.Id).ToListAsync(ct);
        var binding = rows.Where(row => Binds(row, tree)).ToList();
        var known = await KnownAsync(context, caller, ct);
        return new Page<PolicyItem>(
            [.. binding.Skip(paging.Offset).Take(paging.Limit).Select(row => ItemFor(row, known))], new PageMeta(binding.Count, paging.Limit, paging.Offset));
    }

    /// <summary>Those of the organization that can bind one of its agents, in the order in which they are asked, as its members see them: also those that are not in force.</summary>
    public async Task<IReadOnlyList<PolicyItem>> ConcerningAsync(Developer member, string agentId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var agents = await context.Agents.AsNoTracking().Where(agent => agent.Id == agentId && agent.OrganizationId == member.OrganizationId).ToListAsync(ct);
        var rows = await context.Policies.AsNoTracking().Where(row => row.OrganizationId == member.OrganizationId)
            .OrderByDescending(row => row.Priority).ThenBy(row => row.Id).ToListAsync(ct);
        return [.. rows.Where(row => Binds(row, agents)).Select(PolicyItem.Of)];
    }

    public async Task<Answer<PolicyItem>> FindAsync(ActingAgent caller, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return Identifiers.Read("pol_", id) is { } read
            && await context.Policies.AsNoTracking().FirstOrDefaultAsync(row => row.Id == read && row.OrganizationId == caller.Identity.OrganizationId && row.Enabled, ct) is { } row
            && Binds(row, await TreeAsync(context, caller, ct))
                ? ItemFor(row, await KnownAsync(context, caller, ct))
                : Problem.NotFound;
    }

    /// <summary>Of one that cannot be read nobody knows whom it is about.</summary>
    private static bool Binds(PolicyRow row, List<Agent> tree) =>
        row.TryCompile(out _) is { Subjects: var subjects } && tree.Any(agent => agent.Identity is var its && subjects.MayInclude(its.Id, its.Type, its.TrustLevel));

    private static PolicyItem ItemFor(PolicyRow row, HashSet<string> known)
    {
        var item = PolicyItem.Of(row);
        return item with { Subjects = item.Subjects with { AgentIds = [.. item.Subjects.AgentIds.Where(known.Contains)], UserIds = [] } };
    }

    private static async Task<List<Agent>> TreeAsync(AuthDbContext context, ActingAgent caller, CancellationToken ct)
    {
        var ids = await AgentReach.TreeAsync(context, caller.Id, ct);
        return await context.Agents.AsNoTracking().Where(agent => ids.Contains(agent.Id)).ToListAsync(ct);
    }

    private async Task<HashSet<string>> KnownAsync(AuthDbContext context, ActingAgent caller, CancellationToken ct) =>
        [.. await (await AgentReach.KnownToAsync(context, caller.Id, clock.GetUtcNow(), ct)).Select(agent => agent.Id).ToListAsync(ct)];
}
