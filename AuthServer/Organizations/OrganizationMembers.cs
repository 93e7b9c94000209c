using AuthServer.Accounts.Strong;
using AuthServer.Approvals;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>An organization's members: listed, changed, removed, and one of them made its owner.</summary>
public sealed class OrganizationMembers(IDbContextFactory<AuthDbContext> contexts, Memberships memberships, MemberChanges changes, Strength strength, TimeProvider clock)
{
    public async Task<Answer<Page<MemberDetail>>> ListAsync(Developer developer, Paging paging, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var members = context.Members.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId);
        var shown = await members.OrderBy(row => row.JoinedAt).ThenBy(row => row.UserId).Skip(paging.Offset).Take(paging.Limit)
            .Join(context.Users, member => member.UserId, user => user.Id, (member, user) =>
                new MemberDetail(member.UserId, user.Name, user.Email, member.Role, member.JoinedAt))
            .ToListAsync(ct);
        return new Page<MemberDetail>(
            [.. shown.OrderBy(member => member.JoinedAt).ThenBy(member => member.UserId, StringComparer.Ordinal)],
            new PageMeta(await members.LongCountAsync(ct), paging.Limit, paging.Offset));
    }

    public async Task<Answer<MemberDetail>> FindAsync(Developer developer, string id, CancellationToken ct) =>
        Identifiers.Read("usr_", id) is { } userId && await FindAsync(developer.OrganizationId, userId, ct) is { } member ? member : Problem.NotFound;

    /// <summary>Who could be the owner instead, those who are longest in it first; and how many they are.</summary>
    public async Task<Page<MemberDetail>> HeirsAsync(Developer developer, int most, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var heirs = context.Members.AsNoTracking().Where(row => row.OrganizationId == developer.OrganizationId && row.UserId != developer.UserId)
            .Join(context.Users.Where(user => !user.Disabled), member => member.UserId, user => user.Id, (member, user) => new { member, user.Name, user.Email });
        var shown = await heirs.OrderBy(heir => heir.member.JoinedAt).ThenBy(heir => heir.member.UserId).Take(most)
            .Select(heir => new MemberDetail(heir.member.UserId, heir.Name, heir.Email, heir.member.Role, heir.member.JoinedAt)).ToListAsync(ct);
        return new Page<MemberDetail>(shown, new PageMeta(await heirs.LongCountAsync(ct), most, 0));
    }

    /// <summary>Whether this person could be the owner instead, if they are a member.</summary>
    public async Task<bool> MayInheritAsync(string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Users.AnyAsync(row => row.Id == userId && !row.Disabled, ct);
    }

    /// <summary>What ends, and what changes hands, if this member goes or gets another role.</summary>
    /// <param name="role">The one that they get; null: they go.</param>
    public async Task<MemberEnding> EndingAsync(Developer developer, string userId, Role? role, CancellationToken ct)
    {
        var (organization, now, most) = (developer.OrganizationId, clock.GetUtcNow(), role ?? 0);
        await using var context = await contexts.CreateDbContextAsync(ct);
        return new MemberEnding(
            await context.DeveloperKeys.CountAsync(
                row => row.OrganizationId == organization && row.UserId == userId && row.Role > most && row.RevokedAt == null && (row.ExpiresAt == null || row.ExpiresAt > now), ct),
            await context.Certificates.CountAsync(
                row => row.OrganizationId == organization && row.UserId == userId && row.Role > most && row.RevokedAt == null && row.ExpiresAt > now, ct),
            role >= Role.Developer ? 0 : await context.Webhooks.CountAsync(row => row.OrganizationId == organization && row.CreatedBy == userId && row.Enabled, ct),
            role >= Role.Admin ? 0 : await context.OrganizationInvitations.CountAsync(
                row => row.OrganizationId == organization && row.InvitedBy == userId && row.AcceptedAt == null && row.RevokedAt == null && row.ExpiresAt > now, ct),
            role >= Role.Developer ? 0 : await context.Approvals.CountAsync(
                row => row.OrganizationId == organization && row.DeciderId == null && row.DecidedBy == userId && row.Standing != null
                    && row.Status == ApprovalStatus.Approved && row.ExpiresAt > now,
                ct),
            role is not null ? 0 : await context.Agents.CountAsync(row => row.OrganizationId == organization && row.OwnerId == userId, ct));
    }

    public async Task<Answer<MemberDetail>> ChangeAsync(HttpContext http, Developer developer, string id, MemberChange change, CancellationToken ct)
    {
        if (Identifiers.Read("usr_", id) is not { } userId)
        {
            return Problem.NotFound;
        }

        if (change.Role is not { } role || role == Role.Owner)
        {
            return Problem.Invalid("role", "Give auditor, developer or admin. Ownership is transferred.");
        }

        if (await RefuseAsync(developer, userId, ct) is { } problem)
        {
            return problem;
        }

        if (role > developer.Role)
        {
            return Problem.Forbidden("role", "Nobody gives a role above their own.");
        }

        var changed = Event(http, developer, OrganizationEvents.MemberChanged, userId) with { Reason = role.ToString().ToLowerInvariant() };
        return await changes.TryChangeAsync(developer.OrganizationId, developer.UserId, developer.Role, userId, role, changed, ct)
            && await FindAsync(developer.OrganizationId, userId, ct) is { } member
                ? member
                : Problem.NotFound;
    }

    /// <summary>By an admin, or by members themselves, who leave.</summary>
    public async Task<Answer<NoContent>> RemoveAsync(HttpContext http, Developer developer, string id, CancellationToken ct)
    {
        if (Identifiers.Read("usr_", id) is not { } userId)
        {
            return Problem.NotFound;
        }

        var leaves = developer.KeyId is null && developer.UserId == userId;
        if (!leaves && developer.Role < Role.Admin)
        {
            return Problem.Forbidden("role", "This needs the role admin or a higher one.");
        }

        if (await RefuseAsync(developer, userId, ct) is { } problem)
        {
            return problem;
        }

        var removed = Event(http, developer, OrganizationEvents.MemberRemoved, userId) with { Reason = leaves ? OrganizationEvents.Left : OrganizationEvents.Removed };
        return await changes.TryRemoveAsync(developer.OrganizationId, developer.UserId, developer.Role, userId, removed, ct) ? Answer.Done : Problem.NotFound;
    }

    public async Task<Answer<MemberDetail>> TransferAsync(HttpContext http, Developer developer, Person person, OwnershipTransfer transfer, CancellationToken ct)
    {
        if (await strength.MissingAsync(person, ct) is { } problem)
        {
            return problem;
        }

        if (transfer.UserId is not { } named || Identifiers.Read("usr_", named) is not { } userId || userId == person.UserId)
        {
            return Problem.Invalid("userId", "Give another member.");
        }

        var transferred = Event(http, developer, OrganizationEvents.Transferred, userId);
        return await memberships.RoleAsync(developer.OrganizationId, userId, ct) is null ? Problem.NotFound
            : !await MayInheritAsync(userId, ct) ? Problem.Conflict("member_disabled", "The account of this member is disabled. Give another member.")
            : await changes.TryTransferAsync(developer.OrganizationId, person.UserId, userId, transferred, ct)
                && await FindAsync(developer.OrganizationId, userId, ct) is { } member
                ? member
                : Problem.Conflict("owner", "You are no longer the owner, or they are no longer a member.");
    }

    private async Task<Problem?> RefuseAsync(Developer developer, string userId, CancellationToken ct) =>
        await memberships.RoleAsync(developer.OrganizationId, userId, ct) switch
        {
            null => Problem.NotFound,
            Role.Owner => Problem.Conflict("owner", "The owner stays: transfer the organization first."),
            { } role when role > developer.Role => Problem.Forbidden("role", "Nobody changes a member above themselves."),
            _ => null,
        };

    private async Task<MemberDetail?> FindAsync(string organizationId, string userId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Members.AsNoTracking().Where(row => row.OrganizationId == organizationId && row.UserId == userId)
            .Join(context.Users, member => member.UserId, user => user.Id, (member, user) =>
                new MemberDetail(member.UserId, user.Name, user.Email, member.Role, member.JoinedAt))
            .FirstOrDefaultAsync(ct);
    }

    private AuditEvent Event(HttpContext http, Developer developer, string type, string target) =>
        http.Event(type, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = developer.UserId,
            OrganizationId = developer.OrganizationId,
            Target = target,
        };
}
