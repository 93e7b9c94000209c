using AuthServer.Agents;
using AuthServer.Organizations;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;

namespace AuthServer.Data;

/// <summary>Closes organizations and removes people for good: all that hangs on them, its end everywhere, and the events, in one commit.</summary>
public sealed class Closings(StoredFamilies families)
{
    internal static readonly Statement RevokeAgents = new(
        $"""
        UPDATE "Agents" SET "Status" = {(int)AgentStatus.Revoked}, "DeactivatedAt" = $2, "UpdatedAt" = $2, "Version" = $3
        WHERE "OrganizationId" = $1 AND "Status" <> {(int)AgentStatus.Revoked}
        """);

    private static readonly Statement DropSecretsOfResources = new(
        """
        DELETE FROM "ClientSecrets" WHERE "ApplicationId" IN (SELECT "ApplicationId" FROM "ProtectedResources" WHERE "OrganizationId" = $1) RETURNING "Id"
        """);

    private static readonly Statement DeleteClientsOfResources = new(
        """DELETE FROM "OpenIddictApplications" WHERE "Id" IN (SELECT "ApplicationId" FROM "ProtectedResources" WHERE "OrganizationId" = $1)""");

    private static readonly Statement DeleteResources = new("""DELETE FROM "ProtectedResources" WHERE "OrganizationId" = $1""");

    private static readonly Statement RemoveApplications = new(
        """UPDATE "OrganizationApplications" SET "RemovedAt" = $2, "UpdatedAt" = $2, "Version" = $3 WHERE "OrganizationId" = $1 AND "RemovedAt" IS NULL RETURNING "ApplicationId" """);

    private static readonly Statement ClientIdOf = new("""SELECT "ClientId" FROM "OpenIddictApplications" WHERE "Id" = $1""");

    private static readonly Statement DeleteInvitations = new("""DELETE FROM "OrganizationInvitations" WHERE "OrganizationId" = $1""");

    private static readonly Statement DeleteLogos = new("""DELETE FROM "BrandLogos" WHERE "OrganizationId" = $1""");

    private static readonly Statement DeleteBrands = new("""DELETE FROM "Brands" WHERE "OrganizationId" = $1""");

    private static readonly Statement DeleteWebhooks = new("""DELETE FROM "Webhooks" WHERE "OrganizationId" = $1""");

    private static readonly Statement DeleteMembers = new("""DELETE FROM "Members" WHERE "OrganizationId" = $1 RETURNING "UserId" """);

    private static readonly Statement OrganizationsOf = new("""SELECT "OrganizationId" FROM "Members" WHERE "UserId" = $1 ORDER BY "OrganizationId" """);

    private static readonly Statement Owns = new("""SELECT 1 FROM "Members" WHERE "UserId" = $1 AND "Role" = 4""");

    private static readonly Statement ConsentsOf = new("""SELECT "Id" FROM "OpenIddictAuthorizations" WHERE "Subject" = $1 AND "Status" = 'valid' ORDER BY "Id" """);

    // Nobody gets in by what somebody gave who was put out.
    private static readonly Statement Uninvite = new(
        """UPDATE "OrganizationInvitations" SET "RevokedAt" = $1 WHERE "InvitedBy" = $2 AND "AcceptedAt" IS NULL AND "RevokedAt" IS NULL""");

    private static readonly Statement[] DeletePerson =
    [
        new("""DELETE FROM "Consents" WHERE "Subject" = $1"""),
        new("""DELETE FROM "OpenIddictTokens" WHERE "Subject" = $1"""),
        new("""DELETE FROM "AuthorizationRequests" WHERE "ForSubject" = $1 OR "SelectedSubject" = $1 OR "ConsentSubject" = $1"""),
        new("""DELETE FROM "OrganizationInvitations" WHERE "InvitedBy" = $1 AND "AcceptedAt" IS NULL"""),
        new("""DELETE FROM "AccountLinks" WHERE "UserId" = $1"""),
        new("""DELETE FROM "ConnectedAccounts" WHERE "UserId" = $1"""),
        new("""DELETE FROM "Members" WHERE "UserId" = $1"""),
        new("""DELETE FROM "Sessions" WHERE "UserId" = $1"""),
        new("""DELETE FROM "ExternalArrivals" WHERE "UserId" = $1 AND "Tokens" IS NULL"""),

        // What they hold is still to be taken back at their provider.
        new("""UPDATE "ExternalArrivals" SET "ExpiresAt" = "CreatedAt", "Email" = NULL, "Name" = NULL WHERE "UserId" = $1"""),
        new("""DELETE FROM "Authenticators" WHERE "UserId" = $1"""),
        new("""DELETE FROM "RecoveryCodes" WHERE "UserId" = $1"""),
        new("""DELETE FROM "AspNetUserPasskeys" WHERE "UserId" = $1"""),
        new("""DELETE FROM "ExternalLogins" WHERE "UserId" = $1"""),
        new("""DELETE FROM "Approvals" WHERE "DeciderId" = $1 OR "UserId" = $1"""),
        new("""DELETE FROM "Mails" WHERE "UserId" = $1"""),
    ];

    private static readonly Statement DeleteInvitationsTo = new("""DELETE FROM "OrganizationInvitations" WHERE "Email" = $1""");

    // What somebody was sent before they had an account.
    private static readonly Statement DeleteMailsTo = new("""DELETE FROM "Mails" WHERE "NormalizedRecipient" = $1 AND "UserId" IS NULL""");

    private static readonly Statement DeleteUser = new("""DELETE FROM "AspNetUsers" WHERE "Id" = $1""");

    /// <summary>False when this person is not the owner any more. The row stays, because agents and the trail name it; nobody can see it.
    /// Its APIs go with the clients by which they introspect: no tokens are made for them any more, and their URLs are free. Its vault is emptied afterwards.</summary>
    /// <param name="version">The new version of the agents' rows.</param>
    public Task<bool> TryCloseAsync(string organizationId, string ownerId, string version, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(organizationId);
                if (!await MemberChanges.HoldsAsync(transaction, organizationId, ownerId, Role.Owner))
                {
                    return null;
                }

                await transaction.ExecuteAsync(RevokeAgents, organizationId, why.At, version);
                await ApprovalChanges.EndOfOrganizationAsync(transaction, organizationId, why.At);
                var ended = await families.EndSubjectAsync(transaction, organizationId, why.At, why.At);
                ended.AddRange(await DeveloperKeyChanges.EndAllAsync(transaction, organizationId, why.At));
                ended.AddRange(await CertificateChanges.EndAllAsync(transaction, organizationId, why.At));
                ended.AddRange((await transaction.QueryAsync(DropSecretsOfResources, row => row.GetString(0), organizationId))
                    .Select(id => DeveloperKeyChanges.Ended(id, why.At)));
                await transaction.ExecuteAsync(DeleteClientsOfResources, organizationId);
                await transaction.ExecuteAsync(DeleteResources, organizationId);
                foreach (var application in await transaction.QueryAsync(RemoveApplications, row => row.GetString(0), organizationId, why.At, version))
                {
                    foreach (var clientId in await transaction.QueryAsync(ClientIdOf, row => row.GetString(0), application))
                    {
                        ended.AddRange(await families.EndSubjectAsync(transaction, clientId, why.At, why.At));
                    }
                }

                await transaction.ExecuteAsync(DeleteInvitations, organizationId);
                await transaction.ExecuteAsync(DeleteWebhooks, organizationId);
                await transaction.ExecuteAsync(DeleteLogos, organizationId);
                await transaction.ExecuteAsync(DeleteBrands, organizationId);
                await ClosedVaultChanges.CloseAsync(transaction, organizationId, why.At);
                foreach (var userId in await transaction.QueryAsync(DeleteMembers, row => row.GetString(0), organizationId))
                {
                    await AuditTrail.AppendAsync(transaction, OrganizationEvents.OfMember(why, organizationId, userId, OrganizationEvents.WasClosed));
                }

                return ended;
            },
            why,
            ct);

    /// <summary>Ends all that a person holds: tokens, sessions, the keys, certificates and webhooks that they made, and the invitations that they gave.</summary>
    public Task EndPersonAsync(string userId, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(async transaction => await EndPersonAsync(transaction, userId, why.At), why, ct);

    /// <summary>Nobody who owns an organization, and not the last administrator. What other tables say of them then names nobody.</summary>
    /// <param name="grants">What is still to be done at providers.</param>
    public async Task<PersonRemoval> TryRemovePersonAsync(string userId, string email, IReadOnlyList<GrantEnding> grants, AuditEvent why, CancellationToken ct)
    {
        var refused = PersonRemoval.Gone;
        var done = await families.WriteAsync(
            async transaction =>
            {
                await LastAdministrator.LockAsync(transaction);
                if (await LastAdministrator.IsAsync(transaction, userId))
                {
                    refused = PersonRemoval.LastAdministrator;
                    return null;
                }

                // Whoever makes this person an owner meanwhile is waited for.
                var organizations = await transaction.QueryAsync(OrganizationsOf, row => row.GetString(0), userId);
                foreach (var organizationId in organizations)
                {
                    await transaction.LockAsync(organizationId);
                }

                if ((await transaction.QueryAsync(Owns, row => row.GetInt32(0), userId)).Count > 0)
                {
                    refused = PersonRemoval.Owner;
                    return null;
                }

                foreach (var organizationId in organizations)
                {
                    await MemberChanges.HandOverAgentsAsync(transaction, organizationId, userId, why.At);
                    await AuditTrail.AppendAsync(transaction, OrganizationEvents.OfMember(why, organizationId, userId, OrganizationEvents.AccountRemoved));
                }

                var ended = await EndPersonAsync(transaction, userId, why.At);
                foreach (var consent in await transaction.QueryAsync(ConsentsOf, row => row.GetString(0), userId))
                {
                    ended.AddRange(await families.EndAuthorizationAsync(transaction, consent, why.At) ?? []);
                }

                foreach (var statement in DeletePerson)
                {
                    await transaction.ExecuteAsync(statement, userId);
                }

                await transaction.ExecuteAsync(DeleteInvitationsTo, email.ToLowerInvariant());
                await transaction.ExecuteAsync(DeleteMailsTo, email.ToUpperInvariant());
                foreach (var grant in grants)
                {
                    await GrantEndingChanges.AddAsync(transaction, grant);
                }

                return await transaction.ExecuteAsync(DeleteUser, userId) == 1 ? ended : null;
            },
            why,
            ct);
        return done ? PersonRemoval.Done : refused;
    }

    /// <summary>The same within a change that does more.</summary>
    internal async ValueTask<List<Revocation>> EndPersonAsync(WriteTransaction transaction, string userId, DateTimeOffset now)
    {
        List<Revocation> ended =
        [
            .. await families.EndSubjectAsync(transaction, userId, now, now),
            .. await DeveloperKeyChanges.EndOfPersonAsync(transaction, userId, now),
            .. await CertificateChanges.EndOfPersonAsync(transaction, userId, now),
        ];
        await transaction.ExecuteAsync(Uninvite, now, userId);
        await WebhookEndings.EndOfPersonAsync(transaction, userId, now);
        await ApprovalChanges.EndOfPersonAsync(transaction, userId, now);
        return ended;
    }
}

/// <summary>What became of a removal.</summary>
public enum PersonRemoval
{
    Done,

    /// <summary>There is no such person, or not any more.</summary>
    Gone,

    /// <summary>They own an organization.</summary>
    Owner,

    /// <summary>Nobody would be left who administers.</summary>
    LastAdministrator,
}
