using AuthServer.Data;
using AuthServer.Http.Api;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Agents;

/// <summary>The agents of an organization, newest first. Those of others do not exist here.</summary>
public sealed class RegisteredAgents(IDbContextFactory<AuthDbContext> contexts)
{
    public async Task<Answer<AgentAnswer>> FindAsync(Developer developer, string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await AgentRow.FindAsync(context, developer, id, ct) is { } found ? found.Answer : Problem.NotFound;
    }

    public async Task<Answer<Page<AgentAnswer>>> ListAsync(Developer developer, AgentFilter filter, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var agents = context.Agents.Where(agent => agent.OrganizationId == developer.OrganizationId);
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
#pragma warning disable CA1304, CA1311, CA1862 // the database compares: it knows no culture of ours
            agents = agents.Where(agent => agent.Name.ToLower().Contains(text.ToLower()));
#pragma warning restore CA1304, CA1311, CA1862
        }

        return await PageAsync(context, agents, paging, ct);
    }

    public async Task<Answer<Page<AgentAnswer>>> ChildrenAsync(Developer developer, string id, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await AgentRow.FindAsync(context, developer, id, ct) is { Agent.Id: var parent }
            ? await PageAsync(context, context.Agents.Where(agent => agent.OrganizationId == developer.OrganizationId && agent.ParentAgentId == parent), paging, ct)
            : Problem.NotFound;
    }

    private static async Task<Page<AgentAnswer>> PageAsync(AuthDbContext context, IQueryable<Agent> agents, Paging paging, CancellationToken ct)
    {
        var total = await agents.LongCountAsync(ct);
        var rows = await AgentRow.Of(context, agents).AsNoTracking()
            .OrderByDescending(row => row.Agent.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<AgentAnswer>([.. rows.Select(row => row.Answer)], new PageMeta(total, paging.Limit, paging.Offset));
    }
}
