using AuthServer.Agents;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Vault.Connections;

/// <summary>Who can see, change and use a connection, one by one, for a review.</summary>
public sealed class ConnectionReview(IDbContextFactory<AuthDbContext> contexts)
{
    private const int MostNameable = 30;

    /// <summary>Whom an access can name: the first members and active agents of the organization.</summary>
    public async Task<IReadOnlyList<Nameable>> NameableAsync(Developer developer, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var members = await context.Members.AsNoTracking().Where(member => member.OrganizationId == developer.OrganizationId)
            .OrderBy(member => member.JoinedAt).ThenBy(member => member.UserId).Take(MostNameable)
            .Join(context.Users, member => member.UserId, user => user.Id, (member, user) => new Nameable(AccessKind.Member, member.UserId, user.Name)).ToListAsync(ct);
        var agents = await context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == developer.OrganizationId && agent.Status == AgentStatus.Active)
            .OrderBy(agent => agent.Id).Take(MostNameable).Select(agent => new Nameable(AccessKind.Agent, agent.Id, agent.Name)).ToListAsync(ct);
        return [.. members, .. agents];
    }

    public async Task<Answer<Page<AccessItem>>> ListAsync(Developer developer, string id, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await ConnectionReach.FindAsync(context, new ActingParty(developer), id, ct) is not { } row)
        {
            return Problem.NotFound;
        }

        var access = row.ReadAccess();
        var members = await context.Members.AsNoTracking().Where(member => member.OrganizationId == row.OrganizationId)
            .Join(context.Users, member => member.UserId, user => user.Id, (member, user) => new { member.UserId, member.Role, user.Name })
            .OrderByDescending(member => member.Role).ThenBy(member => member.UserId).ToListAsync(ct);
        var agents = context.Agents.AsNoTracking().Where(agent => agent.OrganizationId == row.OrganizationId && agent.Status != AgentStatus.Revoked);
        if (access.Use is { } use && !use.Contains(ConnectionAccess.Agents))
        {
            agents = agents.Where(agent => use.Contains(agent.Id));
        }

        var people = members.Select(member => new AccessItem(AccessKind.Member, member.UserId, member.Name, member.Role)
        {
            View = access.MayView(member.UserId, member.Role),
            Edit = access.MayEdit(member.UserId, member.Role),
            Use = access.MayUse(member.UserId, member.Role),
        }).Where(item => item.View || item.Use).ToList();
        var programs = await agents.OrderBy(agent => agent.Id).Skip(Math.Max(0, paging.Offset - people.Count))
            .Take(Math.Max(0, paging.Limit - Math.Max(0, people.Count - paging.Offset)))
            .Select(agent => new AccessItem(AccessKind.Agent, agent.Id, agent.Name, null) { View = true, Edit = false, Use = true }).ToListAsync(ct);
        return new Page<AccessItem>(
            [.. people.Skip(paging.Offset).Take(paging.Limit), .. programs], new PageMeta(people.Count + await agents.CountAsync(ct), paging.Limit, paging.Offset));
    }
}

/// <summary>Somebody who can do something with a connection. Agents also need a scope for what they do.</summary>
/// <param name="Role">Of a member.</param>
[SnakeCase]
public sealed record AccessItem(AccessKind Kind, string Id, string? Name, Role? Role)
{
    public required bool View { get; init; }

    public required bool Edit { get; init; }

    public required bool Use { get; init; }
}

/// <summary>Somebody whom an access can name.</summary>
public sealed record Nameable(AccessKind Kind, string Id, string? Name);

public enum AccessKind
{
    Member,
    Agent,
}
