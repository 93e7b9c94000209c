using System.Data.Common;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Consents to agents, and the families of tokens that agents open by them with a person's own token.</summary>
public sealed class StoredConsents(IDatabaseWriter writer, IDatabaseReader reader) : IConsents
{
    // To the agent itself; or to it through the application whose token is exchanged, which is what the person was shown.
    private static readonly Statement ToAgent = new(
        """
        SELECT held."Id", held."ApplicationId", held."Scopes", consent."Resources", consent."ExpiresAt"
        FROM "OpenIddictAuthorizations" AS held JOIN "Consents" AS consent ON consent."AuthorizationId" = held."Id"
        WHERE held."Subject" = $1 AND held."Status" = 'valid' AND held."Type" = 'permanent' AND (consent."ExpiresAt" IS NULL OR consent."ExpiresAt" > $4)
            AND (consent."ActorId" IS NULL AND held."ApplicationId" = (SELECT "ApplicationId" FROM "Agents" WHERE "Id" = $2)
                OR consent."ActorId" = $2 AND held."ApplicationId" = (SELECT "Id" FROM "OpenIddictApplications" WHERE "ClientId" = $3))
        ORDER BY held."Id" DESC LIMIT 100
        """);

    // As a code opens one, and only while the family lives that the exchanged token belongs to.
    private static readonly Statement OpenFamily = new(
        """
        INSERT INTO "TokenFamilies" ("Id", "AuthorizationId", "ApplicationId", "Subject", "SessionId", "CreatedAt", "ExpiresAt", "LastUsedAt", "ActorId")
        SELECT $1, $2, $3, $4, $5, $6, $7, $6, $8
        WHERE EXISTS (SELECT 1 FROM "OpenIddictAuthorizations" WHERE "Id" = $2 AND "Status" = 'valid')
            AND NOT EXISTS (SELECT 1 FROM "TokenFamilies" WHERE "Id" = $9 AND "EndedAt" IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM "Revocations" WHERE "Kind" = 3 AND "Id" = $5)
            AND NOT EXISTS (SELECT 1 FROM "Revocations" WHERE "Kind" = 4 AND "Id" = $4 AND "Moment" >= $10)
            AND EXISTS (SELECT 1 FROM "Agents" WHERE "Id" = CAST($8 AS varchar(100)) AND "Status" = 1 AND "OrganizationId" = $11)
        """);

    public async Task<IReadOnlyList<AgentConsent>> FindAsync(string personId, string agentId, string clientId, DateTimeOffset now, CancellationToken ct) =>
        await reader.ListAsync(ToAgent, Read, [personId, agentId, clientId, now], ct);

    public Task<bool> TryOpenAsync(TokenFamily family, Issuance issuance, CancellationToken ct)
    {
        var (rights, useProof, told) = (family.Rights, StoredReplayGuard.UseOf(issuance.Proof), AuditEventRow.From(issuance.Event));
        return writer.TryWriteAsync(
            async transaction =>
            {
                // The names that whoever ends one of these holds: they see the family below, or are seen by it.
                await transaction.ShareAsync(rights.ApplicationId, rights.AuthorizationId, rights.SessionId, rights.Subject, rights.Actor!.Id);
                return await transaction.ExecuteAsync(
                        OpenFamily, family.Id, rights.AuthorizationId, rights.ApplicationId, rights.Subject, rights.SessionId, family.CreatedAt, family.ExpiresAt,
                        rights.Actor.Id, rights.SubjectFamilyId, rights.AuthTime, rights.Actor.OrganizationId) == 1
                    && await useProof(transaction)
                    && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    private static AgentConsent Read(DbDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        ApplicationMapping.Strings(row.IsDBNull(2) ? null : row.GetString(2)),
        ApplicationMapping.Strings(row.GetString(3)),
        StoredTime.Read(row, 4));
}
