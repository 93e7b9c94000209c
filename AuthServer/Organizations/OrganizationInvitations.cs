using AuthServer.Accounts;
using AuthServer.Audit;
using AuthServer.Branding;
using AuthServer.Data;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Mail;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Organizations;

/// <summary>An organization's invitations: given, listed, taken back.</summary>
public sealed class OrganizationInvitations(IDbContextFactory<AuthDbContext> contexts, MemberChanges changes, InvitationMails mails, ShownBrands brands, IssuerUri issuer, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public async Task<Answer<CreatedInvitation>> CreateAsync(HttpContext http, Developer developer, NewInvitation wanted, CancellationToken ct)
    {
        if (EmailAddress.Read(wanted.Email)?.ToLowerInvariant() is not { } email)
        {
            return Problem.Invalid("email", "Give an e-mail address, such as name@example.com.");
        }

        var role = wanted.Role ?? Role.Developer;
        if (role == Role.Owner)
        {
            return Problem.Invalid("role", "Give auditor, developer or admin. Ownership is transferred.");
        }

        if (role > developer.Role)
        {
            return Problem.Forbidden("role", "Nobody gives a role above their own.");
        }

        if (await IsMemberAsync(developer.OrganizationId, email, ct))
        {
            return Problem.Conflict("member", "The person with this address is a member already.");
        }

        var (now, token) = (clock.GetStoredNow(), Handle.New());
        var invitation = new OrganizationInvitation
        {
            Id = Identifiers.New("inv_", now),
            OrganizationId = developer.OrganizationId,
            Email = email,
            Role = role,
            TokenHash = Handle.ReferenceId(token),
            InvitedBy = developer.UserId,
            CreatedAt = now,
            ExpiresAt = now + Lifetime,
        };
        var link = $"{issuer.Value}{Invitations.Path}?join={token}";
        var mail = await MailAsync(invitation, link, ct);
        return await changes.TryInviteAsync(invitation, mail, Event(http, developer, OrganizationEvents.InvitationCreated, invitation.Id, now), ct) is { } mailed
            ? Answer.Created(
                new CreatedInvitation(invitation, link, token, mailed),
                $"/api/v1/organizations/{developer.OrganizationId}/invitations/{invitation.Id}")
            : Problem.Forbidden("role", "You can no longer invite anybody.");
    }

    /// <summary>Those that wait for an answer, newest first.</summary>
    public async Task<Answer<Page<InvitationDetail>>> ListAsync(Developer developer, Paging paging, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var waiting = context.OrganizationInvitations.AsNoTracking().Where(row =>
            row.OrganizationId == developer.OrganizationId && row.AcceptedAt == null && row.RevokedAt == null && row.ExpiresAt > now);
        var rows = await waiting.OrderByDescending(row => row.Id).Skip(paging.Offset).Take(paging.Limit).ToListAsync(ct);
        return new Page<InvitationDetail>([.. rows.Select(InvitationDetail.Of)], new PageMeta(await waiting.LongCountAsync(ct), paging.Limit, paging.Offset));
    }

    /// <summary>The newest of those that were taken back, or that nobody answered in time.</summary>
    public async Task<IReadOnlyList<EndedInvitation>> EndedAsync(Developer developer, int most, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.OrganizationInvitations.AsNoTracking()
            .Where(row => row.OrganizationId == developer.OrganizationId && row.AcceptedAt == null && (row.RevokedAt != null || row.ExpiresAt <= now))
            .OrderByDescending(row => row.Id).Take(most).ToListAsync(ct);
        return [.. rows.Select(row => new EndedInvitation(InvitationDetail.Of(row), row.RevokedAt))];
    }

    public async Task<Answer<NoContent>> RevokeAsync(HttpContext http, Developer developer, string id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await context.OrganizationInvitations.FirstOrDefaultAsync(
            row => row.Id == id && row.OrganizationId == developer.OrganizationId && row.AcceptedAt == null && row.RevokedAt == null, ct) is not { } invitation)
        {
            return Problem.NotFound;
        }

        invitation.RevokedAt = now;
        context.AuditEvents.Add(AuditEventRow.From(Event(http, developer, OrganizationEvents.InvitationRevoked, id, now)));
        try
        {
            await context.SaveChangesAsync(ct);
            return Answer.Done;
        }
        catch (DbUpdateConcurrencyException)
        {
            // Accepted or taken back a moment before.
            return Problem.NotFound;
        }
    }

    private async Task<OutgoingMail?> MailAsync(OrganizationInvitation invitation, string link, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var organization = await context.Organizations.Where(row => row.Id == invitation.OrganizationId).Select(row => row.Name).FirstOrDefaultAsync(ct);
        var inviter = await context.Users.Where(row => row.Id == invitation.InvitedBy).Select(row => row.Name ?? row.Email).FirstOrDefaultAsync(ct);
        return mails.Write(invitation, link, organization ?? "", inviter ?? "", await brands.OfAsync(invitation.OrganizationId, ct));
    }

    private async Task<bool> IsMemberAsync(string organizationId, string email, CancellationToken ct)
    {
        var account = Joining.Normalize(email);
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Members.Where(row => row.OrganizationId == organizationId)
            .Join(context.Users, member => member.UserId, user => user.Id, (_, user) => user.NormalizedEmail)
            .AnyAsync(other => other == account, ct);
    }

    private static AuditEvent Event(HttpContext http, Developer developer, string type, string target, DateTimeOffset now) =>
        http.Event(type, AuditOutcomes.Success, now) with { Subject = developer.UserId, OrganizationId = developer.OrganizationId, Target = target };
}
