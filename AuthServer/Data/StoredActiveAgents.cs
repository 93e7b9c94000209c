using AuthServer.Audit;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Issues an agent's own tokens only while it is active: another node may have suspended it since its row was read,
/// or a person claimed it for their organization, which its tokens name.</summary>
public sealed class StoredActiveAgents(IDatabaseWriter writer) : IActiveAgents
{
    private static readonly Statement Active = new("""SELECT 1 FROM "Agents" WHERE "Id" = $1 AND "Status" = 1 AND "OrganizationId" = $2""");

    private static readonly Statement OpenFamily = new(
        """
        INSERT INTO "TokenFamilies" ("Id", "AuthorizationId", "ApplicationId", "Subject", "SessionId", "CreatedAt", "ExpiresAt", "LastUsedAt")
        SELECT $1, $2, $3, $4, '', $5, $6, $5
        WHERE EXISTS (SELECT 1 FROM "OpenIddictAuthorizations" WHERE "Id" = $2 AND "Status" = 'valid')
            AND EXISTS (SELECT 1 FROM "Agents" WHERE "Id" = $4 AND "Status" = 1 AND "OrganizationId" = $7)
        """);

    public Task<bool> TryIssueAsync(AgentIdentity agent, Issuance issuance, CancellationToken ct)
    {
        var (useProof, told) = (StoredReplayGuard.UseOf(issuance.Proof), AuditEventRow.From(issuance.Event));
        return writer.TryWriteAsync(
            async transaction =>
            {
                // Whoever suspends it holds the same name: either they see this token's time behind them, or this sees them.
                await transaction.ShareAsync(agent.Id);
                return (await transaction.QueryAsync(Active, static found => found.GetInt32(0), agent.Id, agent.OrganizationId)).Count == 1
                    && await useProof(transaction)
                    && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    public Task<bool> TryOpenAsync(TokenFamily family, Issuance issuance, CancellationToken ct)
    {
        var (rights, told) = (family.Rights, AuditEventRow.From(issuance.Event));
        var (insertRefreshToken, useProof) = (StoredRefreshTokens.Insert(issuance.RefreshToken), StoredReplayGuard.UseOf(issuance.Proof));
        return writer.TryWriteAsync(
            async transaction =>
            {
                // The names that whoever ends the agent, its application or the key holds.
                await transaction.ShareAsync(rights.Subject, rights.ApplicationId, rights.AuthorizationId);
                if (await transaction.ExecuteAsync(
                    OpenFamily, family.Id, rights.AuthorizationId, rights.ApplicationId, rights.Subject, family.CreatedAt, family.ExpiresAt,
                    rights.Actor?.OrganizationId) != 1)
                {
                    return false;
                }

                await insertRefreshToken(transaction);
                return await useProof(transaction) && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }
}
