using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Pages.Forms;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Pages.Developer;

/// <summary>What an organization calls its agents, and how its members are called. Whoever belongs to others, or is gone, has no name here.</summary>
public sealed class NamesInOrganization(IDbContextFactory<AuthDbContext> contexts)
{
    private const int MostSuggested = 50;

    /// <summary>Of agents, by id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfAgentsAsync(string organizationId, IEnumerable<string?> agentIds, CancellationToken ct)
    {
        string[] ids = [.. agentIds.OfType<string>().Distinct(StringComparer.Ordinal)];
        if (ids.Length == 0)
        {
            return new Dictionary<string, string>();
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == organizationId && ids.Contains(agent.Id))
            .ToDictionaryAsync(agent => agent.Id, agent => agent.Name, StringComparer.Ordinal, ct);
    }

    /// <summary>Clients to choose from, by client id: its newest agents and its applications that are in use.</summary>
    public async Task<IReadOnlyList<PossibleAnswer>> SuggestClientsAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var agents = await Active(context, organizationId)
            .Join(context.Applications, agent => agent.ApplicationId, application => application.Id, (agent, application) => new { application.ClientId, agent.Name }).ToListAsync(ct);
        var applications = await context.OrganizationApplications.AsNoTracking().Where(own => own.OrganizationId == organizationId && own.RemovedAt == null)
            .Join(context.Applications, own => own.ApplicationId, application => application.Id, (own, application) => new { application.ClientId, Name = application.DisplayName })
            .OrderBy(application => application.Name).Take(MostSuggested).ToListAsync(ct);
        return [.. agents.Concat(applications!).Where(client => client.ClientId is not null).Select(client => Suggest(client.ClientId!, client.Name))];
    }

    /// <summary>Agents to choose from, by id: the newest that are in use.</summary>
    public async Task<IReadOnlyList<PossibleAnswer>> SuggestAgentsAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return [.. (await Active(context, organizationId).Select(agent => new { agent.Id, agent.Name }).ToListAsync(ct)).Select(agent => Suggest(agent.Id, agent.Name))];
    }

    /// <summary>Members to choose from, by id.</summary>
    public async Task<IReadOnlyList<PossibleAnswer>> SuggestMembersAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var members = await context.Members.AsNoTracking().Where(member => member.OrganizationId == organizationId)
            .Join(context.Users, member => member.UserId, user => user.Id, (member, user) => new { user.Id, user.Name, user.Email }).OrderBy(user => user.Id).Take(MostSuggested).ToListAsync(ct);
        return [.. members.Select(member => Suggest(member.Id, member.Name ?? member.Email))];
    }

    /// <summary>Of members, by id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfMembersAsync(string organizationId, IEnumerable<string?> userIds, CancellationToken ct)
    {
        string[] ids = [.. userIds.OfType<string>().Distinct(StringComparer.Ordinal)];
        if (ids.Length == 0)
        {
            return new Dictionary<string, string>();
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Users.AsNoTracking()
            .Where(user => ids.Contains(user.Id) && user.Name != null && context.Members.Any(member => member.OrganizationId == organizationId && member.UserId == user.Id))
            .ToDictionaryAsync(user => user.Id, user => user.Name!, StringComparer.Ordinal, ct);
    }

    private static IQueryable<Agent> Active(AuthDbContext context, string organizationId) =>
        context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == organizationId && agent.Status == AgentStatus.Active).OrderByDescending(agent => agent.Id).Take(MostSuggested);

    private static PossibleAnswer Suggest(string id, string? name) => new(id, Names.Shown(name ?? id));
}
