using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Pages.Developer;

/// <summary>What an organization calls its agents, and how its members are called. Whoever belongs to others, or is gone, has no name here.</summary>
public sealed class NamesInOrganization(IDbContextFactory<AuthDbContext> contexts)
{
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
