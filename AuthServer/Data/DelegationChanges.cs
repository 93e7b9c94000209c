using System.Data.Common;
using AuthServer.Audit;
using AuthServer.Delegations;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Begins and ends delegations: the rows, the end of what they gave, and the event, in one commit.</summary>
public sealed class DelegationChanges(IDatabaseWriter writer, IDatabaseReader reader, StoredFamilies families, DatabaseSettings settings)
{
    private static readonly Statement Insert = new(
        """
        INSERT INTO "Delegations" ("Id", "ParentId", "RootId", "Path", "DelegatorId", "DelegateId", "PrincipalId", "OrganizationId", "Scopes", "Constraints",
            "ChainDepth", "MaxAbsoluteChainDepth", "CreatedAt", "ExpiresAt")
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
        WHERE (SELECT COUNT(*) FROM "Agents" WHERE "Id" IN ($5, $6) AND "Status" = 1) = 2
            AND EXISTS (SELECT 1 FROM "Agents" WHERE "Id" = $5 AND "OrganizationId" = $8)
            AND (CAST($2 AS varchar(100)) IS NULL OR EXISTS (SELECT 1 FROM "Delegations" WHERE "Id" = $2 AND "RevokedAt" IS NULL))
        """);

    private static readonly Statement Count = new(
        """SELECT COUNT(*) FROM "Delegations" WHERE "DelegateId" = $2 AND "DelegatorId" = $1 AND "RevokedAt" IS NULL AND ("ExpiresAt" IS NULL OR "ExpiresAt" > $3)""");

    // A branch is what begins alike; what lies beside it does not.
    private static readonly Statement Cut = new(
        """
        UPDATE "Delegations" SET "RevokedAt" = $1 WHERE "RootId" = $2 AND substr("Path", 1, length($3)) = $3 AND "RevokedAt" IS NULL
        """);

    /// <summary>False when an agent may not act, the delegator came to another organization, the parent has ended, or there are as many from the one to the other as there may be.</summary>
    public Task<bool> TryAddAsync(Delegation row, int most, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(
            async transaction =>
            {
                // In one order with whoever cuts the chain, suspends an agent or takes its organization; two who delegate the same way wait for each other.
                await transaction.LockAsync($"{row.DelegatorId}>{row.DelegateId}");
                await transaction.ShareAsync(row.OrganizationId);
                await transaction.ShareAsync([row.RootId, .. new[] { row.DelegatorId, row.DelegateId }.Order(StringComparer.Ordinal)]);
                return (await transaction.QueryAsync(Count, Counted, row.DelegatorId, row.DelegateId, row.CreatedAt))[0] < most
                    && await transaction.ExecuteAsync(
                        Insert, row.Id, row.ParentId, row.RootId, row.Path, row.DelegatorId, row.DelegateId, row.PrincipalId, row.OrganizationId, row.Scopes,
                        row.Constraints, row.ChainDepth, row.MaxAbsoluteChainDepth, row.CreatedAt, row.ExpiresAt) == 1
                    && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    /// <summary>Whether it was that, to say so.</summary>
    public async Task<bool> IsFullAsync(Delegation row, int most, CancellationToken ct) =>
        (await reader.ListAsync(Count, Counted, [row.DelegatorId, row.DelegateId, row.CreatedAt], ct))[0] >= most;

    /// <summary>Cuts the branch that begins with this hop; every token that came by it is dead when this returns. False: it was cut already.</summary>
    public Task<bool> TryRevokeAsync(Delegation row, AuditEvent why, CancellationToken ct) => families.WriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(row.RootId);
            return await transaction.ExecuteAsync(Cut, why.At, row.RootId, row.Path) == 0
                ? null
                : [new Revocation(new Revocation.Key(RevocationKind.Delegation, row.Id), why.At, why.At + settings.LongestAccessToken)];
        },
        why,
        ct);

    private static long Counted(DbDataReader found) => found.GetInt64(0);
}
