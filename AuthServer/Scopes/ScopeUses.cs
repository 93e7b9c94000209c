using AuthServer.Agents;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol.Tokens;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Scopes;

/// <summary>Which of an organization's agents and applications may ask for which scopes.</summary>
public sealed class ScopeUses(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>Of each kind, the newest: a page does not read more.</summary>
    public const int Most = 1000;

    /// <summary>How many may ask for each of these, by name or by a wildcard that covers it.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(Developer member, IEnumerable<string> scopes, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var agents = await context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == member.OrganizationId && agent.Status != AgentStatus.Revoked)
            .OrderByDescending(agent => agent.Id).Take(Most).Join(context.Applications, agent => agent.ApplicationId, row => row.Id, (_, row) => row.Permissions).ToListAsync(ct);
        var owned = await context.OrganizationApplications.AsNoTracking().Where(one => one.OrganizationId == member.OrganizationId && one.RemovedAt == null)
            .OrderByDescending(one => one.CreatedAt).Take(Most).Join(context.Applications, one => one.ApplicationId, row => row.Id, (_, row) => row.Permissions).ToListAsync(ct);

        // Many have the same.
        var held = agents.Concat(owned).GroupBy(permissions => permissions ?? "").Select(group => (Scopes: ApplicationMapping.ScopesOf(group.Key), Count: group.Count())).ToList();
        return scopes.ToDictionary(scope => scope, scope => held.Where(one => ScopeWildcards.CoversAll(one.Scopes, [scope])).Sum(one => one.Count), StringComparer.Ordinal);
    }
}
