using System.Text.Json;
using AuthServer.Accounts.Strong;
using AuthServer.Applications;
using AuthServer.Data;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts;

/// <summary>Collects everything that is kept of a person, for that person.</summary>
public sealed class AccountDownload(IDbContextFactory<AuthDbContext> contexts)
{
    private const int MostEvents = 10_000;

    public async Task<Answer<AccountData>> ReadAsync(Person person, string id, CancellationToken ct)
    {
        var userId = person.UserId;
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (Identifiers.Read("usr_", id) != userId || await context.Users.AsNoTracking().FirstOrDefaultAsync(row => row.Id == userId, ct) is not { } user)
        {
            return Problem.NotFound;
        }

        var events = await EventsAsync(context, userId, ct);
        return new AccountData(
            new AccountProfile(
                user.Id, user.Email, user.EmailConfirmed, user.Name, user.GivenName, user.FamilyName, user.Picture, user.Locale, user.Address,
                user.PhoneNumber, user.IsAdministrator, user.CreatedAt, user.UpdatedAt),
            await context.Sessions.Where(row => row.UserId == userId).OrderBy(row => row.Id)
                .Select(row => new AccountSession(row.Id, row.CreatedAt, row.AuthTime, row.LastUsedAt, row.EndedAt, row.Address, row.UserAgent, row.Acr, row.Amr)).ToListAsync(ct),
            await context.ExternalLogins.Where(row => row.UserId == userId).OrderBy(row => row.Id)
                .Select(row => new AccountExternalLogin(row.Id, row.Provider, row.Issuer, row.Subject, row.Name, row.LinkedAt, row.LastUsedAt)).ToListAsync(ct),
            await context.Authenticators.Where(row => row.UserId == userId).Select(row => new AccountAuthenticator(row.CreatedAt, row.LastUsedAt)).FirstOrDefaultAsync(ct),
            await context.RecoveryCodes.CountAsync(row => row.UserId == userId, ct),
            await PasskeysAsync(context, userId, ct),
            await ConsentsAsync(context, userId, ct),
            await MembershipsAsync(context, userId, ct),
            await InvitationsAsync(context, user, ct),
            await context.DeveloperKeys.Where(row => row.UserId == userId).OrderBy(row => row.Id)
                .Select(row => new AccountKey(row.Id, row.OrganizationId, row.Name, row.Hint, row.CreatedAt, row.LastUsedAt)).ToListAsync(ct),
            await context.Certificates.Where(row => row.UserId == userId).OrderBy(row => row.Id)
                .Select(row => new AccountCertificate(row.Id, row.OrganizationId, row.Name, row.CreatedAt, row.ExpiresAt, row.RevokedAt)).ToListAsync(ct),
            await LinkedAsync(context, userId, ct),
            await context.Agents.Where(row => row.OwnerId == userId).OrderBy(row => row.Id)
                .Select(row => new AnsweredAgent(row.Id, row.OrganizationId, row.Name, row.Status, row.CreatedAt)).ToListAsync(ct),
            await DelegationsAsync(context, userId, ct),
            await context.Mails.Where(row => row.UserId == userId).OrderBy(row => row.Id)
                .Select(row => new AccountMail(row.Id, row.Kind, row.Recipient, row.CreatedAt, row.SentAt)).ToListAsync(ct),
            await ApprovalsAsync(context, userId, ct),
            [.. events.Take(MostEvents)],
            events.Count <= MostEvents);
    }

    private static async Task<IReadOnlyList<AccountPasskey>> PasskeysAsync(AuthDbContext context, string userId, CancellationToken ct)
    {
        var rows = await context.Passkeys.AsNoTracking().Where(row => row.UserId == userId).ToListAsync(ct);
        var used = await context.PasskeyUses.AsNoTracking().Where(use => context.Passkeys.Any(row => row.CredentialId == use.CredentialId && row.UserId == userId)).ToListAsync(ct);
        return
        [
            .. rows.Select(row => new AccountPasskey(
                    PasskeyIds.Write(row.CredentialId), row.Data.Name, row.Data.CreatedAt, used.Find(use => use.CredentialId.AsSpan().SequenceEqual(row.CredentialId))?.LastUsedAt))
                .OrderBy(passkey => passkey.CreatedAt),
        ];
    }

    private static async Task<IReadOnlyList<AccountConsent>> ConsentsAsync(AuthDbContext context, string userId, CancellationToken ct)
    {
        var rows = await (
            from authorization in context.Authorizations.AsNoTracking()
            where authorization.Subject == userId
            join consent in context.Consents on authorization.Id equals consent.AuthorizationId
            join application in context.Applications on authorization.ApplicationId equals application.Id
            orderby authorization.Id
            select new { authorization, consent, application.ClientId, application.DisplayName }).ToListAsync(ct);
        return
        [
            .. rows.Select(row => new AccountConsent(
                row.authorization.Id!, row.ClientId, row.DisplayName, row.consent.ActorId, ApplicationMapping.Strings(row.authorization.Scopes), ApplicationMapping.Strings(row.consent.Resources),
                row.consent.RedirectHost, row.authorization.Status, row.authorization.CreationDate, row.consent.ExpiresAt)),
        ];
    }

    private static async Task<IReadOnlyList<AccountInvitation>> InvitationsAsync(AuthDbContext context, User user, CancellationToken ct)
    {
        var address = user.Email?.ToLowerInvariant();
        var rows = await context.OrganizationInvitations.AsNoTracking().Where(row => row.Email == address).OrderBy(row => row.Id).ToListAsync(ct);
        return [.. rows.Select(row => new AccountInvitation(row.Id, row.OrganizationId, row.Role.ToString().ToLowerInvariant(), row.CreatedAt, row.ExpiresAt, row.AcceptedAt, row.RevokedAt))];
    }

    private static async Task<IReadOnlyList<AccountLinked>> LinkedAsync(AuthDbContext context, string userId, CancellationToken ct)
    {
        var rows = await context.ConnectedAccounts.AsNoTracking().Where(row => row.UserId == userId).OrderBy(row => row.Id)
            .Select(row => new { row.Id, row.OrganizationId, row.ConnectionId, row.ProviderAccount, row.ProviderName, row.GrantedScopes, row.Status, row.CreatedAt, row.ConnectedAt }).ToListAsync(ct);
        return
        [
            .. rows.Select(row => new AccountLinked(
                row.Id, row.OrganizationId, row.ConnectionId, row.ProviderAccount, row.ProviderName, ApplicationMapping.Strings(row.GrantedScopes), row.Status, row.CreatedAt, row.ConnectedAt)),
        ];
    }

    private static async Task<IReadOnlyList<AccountDelegation>> DelegationsAsync(AuthDbContext context, string userId, CancellationToken ct)
    {
        var rows = await context.Delegations.AsNoTracking().Where(row => row.PrincipalId == userId).OrderByDescending(row => row.Id).Take(MostEvents)
            .Select(row => new { row.Id, row.DelegatorId, row.DelegateId, row.Scopes, row.CreatedAt, row.ExpiresAt, row.RevokedAt }).ToListAsync(ct);
        return [.. rows.Select(row => new AccountDelegation(row.Id, row.DelegatorId, row.DelegateId, ApplicationMapping.Strings(row.Scopes), row.CreatedAt, row.ExpiresAt, row.RevokedAt))];
    }

    private static async Task<IReadOnlyList<AccountApproval>> ApprovalsAsync(AuthDbContext context, string userId, CancellationToken ct)
    {
        var rows = await context.Approvals.AsNoTracking().Where(row => row.DeciderId == userId || row.UserId == userId).OrderByDescending(row => row.Id).Take(MostEvents)
            .Select(row => new { row.Id, row.AgentId, row.Status, row.Shown, row.CreatedAt, row.DecidedAt, Note = row.DeciderId == userId ? row.Note : null, row.Uses }).ToListAsync(ct);
        return [.. rows.Select(row => new AccountApproval(row.Id, row.AgentId, row.Status, JsonElement.Parse(row.Shown), row.CreatedAt, row.DecidedAt, row.Note, row.Uses))];
    }

    private static async Task<IReadOnlyList<AccountMembership>> MembershipsAsync(AuthDbContext context, string userId, CancellationToken ct)
    {
        var rows = await context.Members.AsNoTracking().Where(row => row.UserId == userId).OrderBy(row => row.JoinedAt)
            .Join(context.Organizations, member => member.OrganizationId, organization => organization.Id, (member, organization) => new { member, organization.Name })
            .ToListAsync(ct);
        return [.. rows.Select(row => new AccountMembership(
            row.member.OrganizationId, row.Name, row.member.Role.ToString().ToLowerInvariant(), row.member.JoinedAt))];
    }

    private static Task<List<AccountEvent>> EventsAsync(AuthDbContext context, string userId, CancellationToken ct) =>
        context.AuditEvents.Where(row => row.Subject == userId || row.Target == userId).OrderByDescending(row => row.Id).Take(MostEvents + 1)
            .Select(row => new AccountEvent(
                row.Id, row.At, row.Type, row.Outcome, row.ClientId, row.AgentId, row.OrganizationId, row.Target, row.Scope, row.Reason,
                row.Subject == userId ? row.Address : null, row.Subject == userId ? row.UserAgent : null))
            .ToListAsync(ct);
}
