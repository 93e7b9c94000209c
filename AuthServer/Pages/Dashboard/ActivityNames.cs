using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Vault.Proxy;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Pages.Dashboard;

/// <summary>The names of those whom the trail knows by their ids.</summary>
public sealed class ActivityNames(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>By id; what is gone has no name.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfAsync(IEnumerable<string?> agentIds, IEnumerable<string?> clientIds, CancellationToken ct)
    {
        string[] agents = [.. agentIds.OfType<string>().Distinct(StringComparer.Ordinal)];
        string[] clients = [.. clientIds.OfType<string>().Distinct(StringComparer.Ordinal)];
        await using var context = await contexts.CreateDbContextAsync(ct);
        var names = await context.Agents.AsNoTracking().Where(agent => agents.Contains(agent.Id)).ToDictionaryAsync(agent => agent.Id, agent => agent.Name, StringComparer.Ordinal, ct);
        var applications = await context.Applications.AsNoTracking()
            .Where(application => application.ClientId != null && application.DisplayName != null && clients.Contains(application.ClientId))
            .Select(application => new { Id = application.ClientId!, Name = application.DisplayName! })
            .ToListAsync(ct);
        foreach (var application in applications)
        {
            names[application.Id] = application.Name;
        }

        return names;
    }

    /// <summary>Of organizations, by id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfOrganizationsAsync(IEnumerable<string?> organizationIds, CancellationToken ct)
    {
        string[] ids = [.. organizationIds.OfType<string>().Distinct(StringComparer.Ordinal)];
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Organizations.AsNoTracking().Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, row => row.Name, StringComparer.Ordinal, ct);
    }

    /// <summary>Of the agents, applications and connections in these events. An account has the name of its connection.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfAsync(IReadOnlyList<AuditEntry> entries, CancellationToken ct)
    {
        var names = new Dictionary<string, string>(await OfAsync(entries.Select(entry => entry.AgentId), entries.Select(entry => entry.ClientId), ct), StringComparer.Ordinal);
        string[] called = [.. entries.Where(entry => entry.Type is ProxyEvents.Called or ProxyEvents.TokenReleased).Select(entry => entry.Target).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (called.Length == 0)
        {
            return names;
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var connections = context.Connections.Where(row => called.Contains(row.Id)).Select(row => new { row.Id, row.Name })
            .Concat(context.ConnectedAccounts.Where(row => called.Contains(row.Id)).Join(context.Connections, row => row.ConnectionId, row => row.Id, (account, row) => new { account.Id, row.Name }));
        foreach (var connection in await connections.ToListAsync(ct))
        {
            names[connection.Id] = connection.Name;
        }

        return names;
    }

    /// <summary>Of people, by id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfPeopleAsync(IEnumerable<string?> userIds, CancellationToken ct)
    {
        string[] ids = [.. userIds.OfType<string>().Distinct(StringComparer.Ordinal)];
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Users.AsNoTracking().Where(user => ids.Contains(user.Id) && user.Name != null).ToDictionaryAsync(user => user.Id, user => user.Name!, StringComparer.Ordinal, ct);
    }
}
