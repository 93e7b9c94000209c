using AuthServer.Mail;
using AuthServer.Organizations;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Changes who may do what in an organization: the rows, the end of keys, invitations, approvals and webhooks that somebody may no longer have given or made,
/// and the event, in one commit. The organization's name is locked first.</summary>
public sealed class MemberChanges(StoredFamilies families)
{
    private static readonly Statement Change = new(
        """UPDATE "Members" SET "Role" = $3 WHERE "OrganizationId" = $1 AND "UserId" = $2 AND "Role" <> 4 AND "Role" <= $4""");

    private static readonly Statement Remove = new(
        """DELETE FROM "Members" WHERE "OrganizationId" = $1 AND "UserId" = $2 AND "Role" <> 4 AND "Role" <= $3""");

    private static readonly Statement StepDown = new(
        """UPDATE "Members" SET "Role" = 3 WHERE "OrganizationId" = $1 AND "UserId" = $2 AND "Role" = 4""");

    // An owner who cannot sign in could not even give it back.
    private static readonly Statement StepUp = new(
        """
        UPDATE "Members" SET "Role" = 4 WHERE "OrganizationId" = $1 AND "UserId" = $2
            AND NOT EXISTS (SELECT 1 FROM "AspNetUsers" WHERE "AspNetUsers"."Id" = "Members"."UserId" AND "AspNetUsers"."Disabled")
        """);

    private static readonly Statement Holds = new(
        """SELECT 1 FROM "Members" WHERE "OrganizationId" = $1 AND "UserId" = $2 AND "Role" >= $3""");

    private static readonly Statement Invite = new(
        """
        INSERT INTO "OrganizationInvitations" ("Id", "OrganizationId", "Email", "Role", "TokenHash", "InvitedBy", "CreatedAt", "ExpiresAt")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """);

    private static readonly Statement Uninvite = new(
        """
        UPDATE "OrganizationInvitations" SET "RevokedAt" = $3
        WHERE "OrganizationId" = $1 AND "InvitedBy" = $2 AND "AcceptedAt" IS NULL AND "RevokedAt" IS NULL
        """);

    // Of one address's invitations the newest is good: another link, perhaps to a higher role, would outlast what somebody decided later.
    private static readonly Statement UninviteAddress = new(
        """UPDATE "OrganizationInvitations" SET "RevokedAt" = $3 WHERE "OrganizationId" = $1 AND "Email" = $2 AND "AcceptedAt" IS NULL AND "RevokedAt" IS NULL""");

    private static readonly Statement AddressOf = new("""SELECT "Email" FROM "AspNetUsers" WHERE "Id" = $1""");

    // Somebody of the organization answers for each agent: after this person, its owner.
    private static readonly Statement HandOverAgents = new(
        """
        UPDATE "Agents" SET "UpdatedAt" = $2, "Version" = $3, "OwnerId" =
            (SELECT "UserId" FROM "Members" WHERE "Members"."OrganizationId" = "Agents"."OrganizationId" AND "Members"."Role" = 4)
        WHERE "OwnerId" = $1 AND "OrganizationId" = $4
        """);

    /// <summary>False when there is no such member, or one above the caller, or the owner; or the caller has not this role any more.</summary>
    /// <param name="most">The caller's own role.</param>
    public Task<bool> TryChangeAsync(string organizationId, string callerId, Role most, string userId, Role role, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(organizationId);
                return await HoldsAsync(transaction, organizationId, callerId, most)
                    && await transaction.ExecuteAsync(Change, organizationId, userId, (int)role, (int)most) == 1
                    ? await EndGivenAsync(transaction, organizationId, userId, role, why.At)
                    : null;
            },
            why,
            ct);

    /// <summary>False when there is no such member, or one above the caller, or the owner; or the caller, who may always leave, has not this role any
    /// more. The keys and webhooks that the member made end with them.</summary>
    /// <param name="most">The caller's own role.</param>
    public Task<bool> TryRemoveAsync(string organizationId, string callerId, Role most, string userId, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(organizationId);
                if ((callerId != userId && !await HoldsAsync(transaction, organizationId, callerId, most))
                    || await transaction.ExecuteAsync(Remove, organizationId, userId, (int)most) != 1)
                {
                    return null;
                }

                await HandOverAgentsAsync(transaction, organizationId, userId, why.At);
                foreach (var address in await transaction.QueryAsync(AddressOf, row => row.GetString(0), userId))
                {
                    await transaction.ExecuteAsync(UninviteAddress, organizationId, address.ToLowerInvariant(), why.At);
                }

                return await EndGivenAsync(transaction, organizationId, userId, null, why.At);
            },
            why,
            ct);

    /// <summary>Makes another member the owner, and the owner an admin. False when the one is no owner, or the other no member whose account is enabled, any more.</summary>
    public Task<bool> TryTransferAsync(string organizationId, string ownerId, string userId, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(organizationId);
                return await transaction.ExecuteAsync(StepDown, organizationId, ownerId) == 1 && await transaction.ExecuteAsync(StepUp, organizationId, userId) == 1
                    ? []
                    : null;
            },
            why,
            ct);

    /// <summary>In place of what was given to the same address before: whether it is mailed. Null when the one who invites may no longer do so.</summary>
    /// <param name="mail">Tells the one who is invited, unless their address has had enough of these; null: whoever invites does.</param>
    public async Task<bool?> TryInviteAsync(OrganizationInvitation invitation, OutgoingMail? mail, AuditEvent why, CancellationToken ct)
    {
        var mailed = false;
        var done = await families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(invitation.OrganizationId);
                if (!await HoldsAsync(transaction, invitation.OrganizationId, invitation.InvitedBy, Role.Admin))
                {
                    return null;
                }

                await transaction.ExecuteAsync(UninviteAddress, invitation.OrganizationId, invitation.Email, invitation.CreatedAt);
                await transaction.ExecuteAsync(
                    Invite, invitation.Id, invitation.OrganizationId, invitation.Email, (int)invitation.Role, invitation.TokenHash, invitation.InvitedBy,
                    invitation.CreatedAt, invitation.ExpiresAt);
                mailed = mail is not null && await MailOutbox.TryAddAsync(transaction, mail);
                return [];
            },
            why,
            ct);
        return done ? mailed : null;
    }

    /// <summary>Whether a member has this role or a higher one, within a change that holds the organization's lock.</summary>
    internal static async ValueTask<bool> HoldsAsync(WriteTransaction transaction, string organizationId, string userId, Role role) =>
        (await transaction.QueryAsync(Holds, row => row.GetInt32(0), organizationId, userId, (int)role)).Count > 0;

    /// <summary>Makes the owner answer for the agents that this person answered for, within a change that takes the person out.</summary>
    internal static async ValueTask HandOverAgentsAsync(WriteTransaction transaction, string organizationId, string userId, DateTimeOffset now) =>
        await transaction.ExecuteAsync(HandOverAgents, userId, now, TokenRow.NewConcurrencyToken(), organizationId);

    // Who lost the right to give something must not get in again by what they gave themselves before.
    private static async ValueTask<List<Revocation>> EndGivenAsync(
        WriteTransaction transaction, string organizationId, string userId, Role? role, DateTimeOffset now)
    {
        if (role is null or < Role.Admin)
        {
            await transaction.ExecuteAsync(Uninvite, organizationId, userId, now);
        }

        if (role is null or < Role.Developer)
        {
            await ApprovalChanges.EndOfMemberAsync(transaction, organizationId, userId, now);
        }

        await WebhookEndings.EndAsync(transaction, organizationId, userId, role, now);
        return
        [
            .. await DeveloperKeyChanges.EndAsync(transaction, organizationId, userId, role, now),
            .. await CertificateChanges.EndAsync(transaction, organizationId, userId, role, now),
        ];
    }
}
