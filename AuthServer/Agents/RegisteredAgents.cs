using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>The agents that a caller knows, newest first: a developer those of the organization, an agent itself, its tree and its peers. Others do
/// not exist here.</summary>
public sealed class RegisteredAgents(IDbContextFactory<AuthDbContext> contexts, TimeProvider clock)
{
    public async Task<Answer<AgentAnswer>> FindAsync(ActingParty caller, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await AgentReach.FindAsync(context, caller, id, clock.GetUtcNow(), ct) is { } found ? found.Row.AnswerTo(caller) : Problem.NotFound;
    }

    public async Task<Answer<Page<AgentAnswer>>> ListAsync(ActingParty caller, AgentFilter filter, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var agents = await AgentReach.KnownAsync(context, caller, clock.GetUtcNow(), ct);
        if (filter.Status is { } status)
        {
            agents = agents.Where(agent => agent.Status == status);
        }

        if (filter.Type is { } type)
        {
            agents = agents.Where(agent => agent.Type == type);
        }

        if (filter.Text is { } text)
        {
            var name = AgentRules.Normalize(text);
            agents = agents.Where(agent => agent.NormalizedName.Contains(name));
        }

        return await PageAsync(context, caller, agents, paging, ct);
    }

    public async Task<Answer<Page<AgentAnswer>>> ChildrenAsync(ActingParty caller, string id, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await AgentReach.FindAsync(context, caller, id, clock.GetUtcNow(), ct) is not { } reach ? Problem.NotFound
            : reach.Runs ? await PageAsync(context, caller, context.Agents.Where(agent => agent.ParentAgentId == reach.Row.Agent.Id), paging, ct)
            : AgentReach.OnlySeen;
    }

    private static async Task<Page<AgentAnswer>> PageAsync(AuthDbContext context, ActingParty caller, IQueryable<Agent> agents, Paging paging, CancellationToken ct)
    {
        var total = await agents.LongCountAsync(ct);
        var rows = await AgentRow.Of(context, agents).AsNoTracking()
            .OrderByDescending(row => row.Agent.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<AgentAnswer>([.. rows.Select(row => row.AnswerTo(caller))], new PageMeta(total, paging.Limit, paging.Offset));
    }
}
