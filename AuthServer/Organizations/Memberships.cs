using AuthServer.Data;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>Who has which role where. Read anew each time: a role that was taken away must not linger.</summary>
public sealed class Memberships(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>Null when the person is no member.</summary>
    public async Task<Role?> RoleAsync(string organizationId, string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var member = await context.Members.AsNoTracking().FirstOrDefaultAsync(row => row.OrganizationId == organizationId && row.UserId == userId, ct);
        return member?.Role;
    }

    /// <summary>The person's memberships, oldest first.</summary>
    public async Task<IReadOnlyList<Member>> OfAsync(string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Members.AsNoTracking().Where(row => row.UserId == userId).OrderBy(row => row.JoinedAt).ThenBy(row => row.OrganizationId).ToListAsync(ct);
    }

    /// <summary>The same with the organizations' names, as pages ask: in one that is suspended, members may only look.</summary>
    public async Task<IReadOnlyList<NamedMembership>> NamedAsync(string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Members.AsNoTracking().Where(row => row.UserId == userId).OrderBy(row => row.JoinedAt).ThenBy(row => row.OrganizationId)
            .Join(context.Organizations, row => row.OrganizationId, organization => organization.Id, (row, organization) =>
                new NamedMembership(organization.Id, organization.Name, row.Role, organization.SuspendedAt != null))
            .ToListAsync(ct);
    }
}

/// <summary>An organization and what somebody is in it.</summary>
/// <param name="Held">The role that they have there.</param>
/// <param name="IsSuspended">Whether an administrator of this server stopped the organization.</param>
public sealed record NamedMembership(string OrganizationId, string Name, Role Held, bool IsSuspended = false)
{
    /// <summary>What they may do at present.</summary>
    public Role Role => IsSuspended ? Role.Auditor : Held;
}
