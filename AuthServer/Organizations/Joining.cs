using AuthServer.Accounts;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>Accepting an organization's invitation: by a person with the invited address, or by making an account with it.</summary>
public sealed class Joining(AuthDbContext context, SignUpPolicy policy, TimeProvider clock)
{
    private const int LongestToken = 100;

    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    /// <summary>One sentence for all: who has no use for an invitation does not learn what it was.</summary>
    public static Problem NotGood { get; } = new(
        StatusCodes.Status404NotFound, "invitation_not_good", "This invitation was used already, was taken back, has expired, or is for somebody else.");

    /// <summary>Told to whoever the invitation is for. It stays as it is.</summary>
    public static Problem Suspended { get; } = Problem.Forbidden(
        "organization_suspended", "The administrator of this server suspended this organization. The invitation can be used once it is suspended no more.");

    /// <summary>The invitation of this token while it can be accepted, and the organization; else null. While the organization is suspended it waits.</summary>
    public async Task<OpenInvitation?> FindAsync(string? token, CancellationToken ct)
    {
        if (token is null or { Length: 0 or > LongestToken })
        {
            return null;
        }

        var (hash, now) = (Handle.ReferenceId(token), clock.GetUtcNow());
        return await context.OrganizationInvitations
            .Where(row => row.TokenHash == hash && row.AcceptedAt == null && row.RevokedAt == null && row.ExpiresAt > now)
            .Join(context.Organizations, row => row.OrganizationId, organization => organization.Id, (row, organization) => new OpenInvitation(row, organization.Name, organization.SuspendedAt != null))
            .FirstOrDefaultAsync(ct);
    }

    /// <summary>The invitation of this token, whatever became of it, for the account with this address. Whoever it is not for learns nothing of it.</summary>
    public async Task<OrganizationInvitation?> FormerAsync(string? token, string? email, CancellationToken ct)
    {
        if (token is null or { Length: 0 or > LongestToken } || email is null)
        {
            return null;
        }

        var hash = Handle.ReferenceId(token);
        var found = await context.OrganizationInvitations.AsNoTracking().FirstOrDefaultAsync(row => row.TokenHash == hash, ct);
        return found is not null && Normalize(found.Email) == Normalize(email) ? found : null;
    }

    /// <summary>Whether an account may be made by this token: not where nobody may make one.</summary>
    public async Task<SignUpAnswer> AskAsync(string? token, CancellationToken ct) =>
        policy.People == SignUpMode.Closed ? new SignUpAnswer(false, null)
        : await FindAsync(token, ct) is { IsSuspended: false } open ? new SignUpAnswer(true, null) { Email = open.Invitation.Email }
        : SignUpAnswer.BadInvitation;

    public async Task<Answer<OrganizationDetail>> AcceptAsync(HttpContext http, string userId, string? token, CancellationToken ct)
    {
        var user = await context.Users.FirstOrDefaultAsync(row => row.Id == userId && !row.Disabled, ct);
        if (user is null || await FindAsync(token, ct) is not { } open || !open.IsFor(user.Email))
        {
            return NotGood;
        }

        var organizationId = open.Invitation.OrganizationId;
        if (await IsMemberAsync(organizationId, userId, ct))
        {
            return Problem.Conflict("member", "You are a member of this organization already.");
        }

        if (open.IsSuspended)
        {
            return Suspended;
        }

        Add(context, http, open, user);
        try
        {
            await context.SaveChangesAsync(ct);
        }
        catch (DbUpdateException e)
        {
            // Used or taken back, or joined by another invitation, a moment before: whichever row the database came to first.
            context.ChangeTracker.Clear();
            if (e is not DbUpdateConcurrencyException && !await IsMemberAsync(organizationId, userId, ct))
            {
                throw;
            }

            return NotGood;
        }

        return OrganizationDetail.Of(await context.Organizations.FirstAsync(row => row.Id == organizationId, ct), open.Invitation.Role);
    }

    /// <summary>Uses the invitation up for this person: the caller saves, and loses to whoever used it or took it back meanwhile.</summary>
    public void Add(AuthDbContext context, HttpContext http, OpenInvitation open, User user)
    {
        var (invitation, now) = (open.Invitation, clock.GetUtcNow());
        context.Attach(invitation);
        invitation.AcceptedAt = now;
        context.Members.Add(new Member { OrganizationId = invitation.OrganizationId, UserId = user.Id, Role = invitation.Role, JoinedAt = now });
        context.AuditEvents.Add(AuditEventRow.From(http.Event(OrganizationEvents.MemberAdded, AuditOutcomes.Success, now) with
        {
            Subject = user.Id,
            OrganizationId = invitation.OrganizationId,
            Target = invitation.Id,
            Reason = "invitation",
        }));
    }

    private Task<bool> IsMemberAsync(string organizationId, string userId, CancellationToken ct) =>
        context.Members.AnyAsync(row => row.OrganizationId == organizationId && row.UserId == userId, ct);

    internal static string Normalize(string email) => Normalizer.NormalizeEmail(email);
}

/// <summary>An invitation that can be accepted, and to what.</summary>
/// <param name="IsSuspended">An administrator of the server stopped the organization: nobody joins it meanwhile.</param>
public sealed record OpenInvitation(OrganizationInvitation Invitation, string OrganizationName, bool IsSuspended)
{
    /// <summary>Whether the account with this address may accept it.</summary>
    public bool IsFor(string? email) => email is not null && Joining.Normalize(email) == Joining.Normalize(Invitation.Email);
}
