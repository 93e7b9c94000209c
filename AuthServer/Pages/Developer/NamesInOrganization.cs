using AuthServer.Agents;
using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Pages.Developer;

/// <summary>What an organization calls its agents, and how its members are called. Whoever belongs to others, or is gone, has no name here.</summary>
public sealed class NamesInOrganization(IDbContextFactory<AuthDbContext> contexts)
{
    private const int MostClients = 50;

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

    /// <summary>Its clients, by client id: the newest of its agents and applications that are in use.</summary>
    public async Task<IReadOnlyList<(string ClientId, string Name)>> OfClientsAsync(string organizationId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var agents = await context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == organizationId && agent.Status == AgentStatus.Active)
            .OrderByDescending(agent => agent.Id).Take(MostClients)
            .Join(context.Applications, agent => agent.ApplicationId, application => application.Id, (agent, application) => new { application.ClientId, agent.Name }).ToListAsync(ct);
        var applications = await context.OrganizationApplications.AsNoTracking().Where(own => own.OrganizationId == organizationId && own.RemovedAt == null)
            .Join(context.Applications, own => own.ApplicationId, application => application.Id, (own, application) => new { application.ClientId, application.DisplayName })
            .OrderBy(application => application.DisplayName).Take(MostClients).ToListAsync(ct);
        return [.. agents.Select(agent => (agent.ClientId!, agent.Name)), .. applications.Where(one => one.ClientId is not null).Select(one => (one.ClientId!, one.DisplayName ?? one.ClientId!))];
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
}
