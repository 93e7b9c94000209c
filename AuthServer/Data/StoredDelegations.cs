using System.Data.Common;
using AuthServer.Applications;
using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Delegations as tokens need them.</summary>
public sealed class StoredDelegations(IDatabaseWriter writer, IDatabaseReader reader) : IDelegations
{
    private const string Columns =
        """
        hop."Id", hop."ParentId", hop."DelegatorId", hop."DelegateId", hop."PrincipalId", hop."Scopes", hop."Constraints", hop."ChainDepth",
            hop."MaxAbsoluteChainDepth", hop."ExpiresAt", hop."RevokedAt"
        """;

    // A hop and all above it.
    private const string Up =
        """
        WITH RECURSIVE up ("Id", "ParentId") AS (
            SELECT "Id", "ParentId" FROM "Delegations" WHERE "Id" = $1
            UNION ALL SELECT above."Id", above."ParentId" FROM "Delegations" AS above JOIN up ON above."Id" = up."ParentId")
        """;

    private static readonly Statement Chain = new(
        $"""
        {Up}
        SELECT {Columns} FROM up JOIN "Delegations" AS hop ON hop."Id" = up."Id" ORDER BY hop."ChainDepth"
        """);

    // As many as may live at a time. Those that do not are only there to say why.
    private static readonly Statement Between = new(
        $"""
        SELECT {Columns} FROM "Delegations" AS hop
        WHERE hop."DelegateId" = $2 AND hop."DelegatorId" = $1 AND hop."PrincipalId" = $3 AND COALESCE(hop."ParentId", '') = $4
        ORDER BY CASE WHEN hop."RevokedAt" IS NULL AND (hop."ExpiresAt" IS NULL OR hop."ExpiresAt" > $5) THEN 0 ELSE 1 END, hop."Id" DESC LIMIT 100
        """);

    // Ending a hop ends all below it, so the last one speaks for the chain; but any of its agents may have been suspended.
    private static readonly Statement Live = new(
        $"""
        {Up}
        SELECT 1 FROM "Delegations" WHERE "Id" = $1 AND "RevokedAt" IS NULL
            AND NOT EXISTS (SELECT 1 FROM up JOIN "Delegations" AS hop ON hop."Id" = up."Id"
                JOIN "Agents" AS agent ON agent."Id" IN (hop."DelegateId", hop."DelegatorId") WHERE agent."Status" <> 1)
        """);

    public async Task<DelegationChain?> FindAsync(string id, CancellationToken ct) =>
        await reader.ListAsync(Chain, Read, [id], ct) is { Count: > 0 } hops ? new DelegationChain(hops) : null;

    public async Task<IReadOnlyList<DelegationHop>> BetweenAsync(
        string delegatorId, string delegateId, string principalId, string? parentId, DateTimeOffset now, CancellationToken ct) =>
        await reader.ListAsync(Between, Read, [delegatorId, delegateId, principalId, parentId ?? "", now], ct);

    public Task<bool> TryIssueAsync(DelegationChain chain, Issuance issuance, CancellationToken ct)
    {
        var (useProof, told) = (StoredReplayGuard.UseOf(issuance.Proof), AuditEventRow.From(issuance.Event));
        string[] names = [chain.Root.Id, .. chain.Agents.Order(StringComparer.Ordinal)];
        return writer.TryWriteAsync(
            async transaction =>
            {
                // Whoever revokes in this chain holds the name of its first hop; whoever suspends an agent, that agent's.
                await transaction.ShareAsync(names);
                return (await transaction.QueryAsync(Live, static row => row.GetInt32(0), chain.Leaf.Id)).Count == 1
                    && await useProof(transaction)
                    && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    private static DelegationHop Read(DbDataReader row) => new(
        row.GetString(0),
        Text(row, 1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        ApplicationMapping.Strings(row.GetString(5)),
        row.GetString(6),
        row.GetInt32(7),
        row.GetInt32(8),
        StoredTime.Read(row, 9),
        StoredTime.Read(row, 10));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
