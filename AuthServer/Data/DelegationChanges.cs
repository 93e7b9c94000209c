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

    // Dead keys and what is no API key make no row.
    private static readonly Statement MadeBy = new(
        """INSERT INTO "DelegationKeys" ("KeyId", "DelegationId") SELECT "Id", $2 FROM "ApiKeys" WHERE "Id" = $1 AND "RevokedAt" IS NULL""");

    private static readonly Statement Made = new(
        """
        SELECT hop."Id", hop."RootId", hop."Path", hop."PrincipalId", hop."DelegatorId", hop."DelegateId", hop."OrganizationId"
        FROM "DelegationKeys" AS made JOIN "Delegations" AS hop ON hop."Id" = made."DelegationId"
        WHERE made."KeyId" = $1 AND hop."RevokedAt" IS NULL AND (hop."ExpiresAt" IS NULL OR hop."ExpiresAt" > $2) ORDER BY hop."RootId", hop."Path"
        """);

    // A branch is what begins alike; what lies beside it does not.
    private static readonly Statement Cut = new(
        """
        UPDATE "Delegations" SET "RevokedAt" = $1 WHERE "RootId" = $2 AND substr("Path", 1, length($3)) = $3 AND "RevokedAt" IS NULL
        """);

    /// <summary>False when an agent may not act, the delegator came to another organization, the parent or a key has ended, or there are as many from the one to the other as there may be.</summary>
    /// <param name="keyIds">The API keys that it is made by: it ends with the first of them.</param>
    public Task<bool> TryAddAsync(Delegation row, IReadOnlyList<string> keyIds, int most, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        string[] agents = [.. new[] { row.DelegatorId, row.DelegateId }.Order(StringComparer.Ordinal)], keys = [.. keyIds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return writer.TryWriteAsync(
            async transaction =>
            {
                // In one order with whoever suspends an agent or takes its organization, ends a key or cuts the chain; two who delegate the same way wait for each other.
                await transaction.LockAsync($"{row.DelegatorId}>{row.DelegateId}");
                await transaction.ShareAsync(row.OrganizationId);
                await transaction.ShareAsync([.. agents, .. keys, row.RootId]);
                return (await transaction.QueryAsync(Count, Counted, row.DelegatorId, row.DelegateId, row.CreatedAt))[0] < most
                    && await transaction.ExecuteAsync(
                        Insert, row.Id, row.ParentId, row.RootId, row.Path, row.DelegatorId, row.DelegateId, row.PrincipalId, row.OrganizationId, row.Scopes,
                        row.Constraints, row.ChainDepth, row.MaxAbsoluteChainDepth, row.CreatedAt, row.ExpiresAt) == 1
                    && await AreMadeByAsync(transaction, row, keys)
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

    /// <summary>Cuts what was made by an API key, each with an event of its own, within the change that ends the key and has locked its name.</summary>
    /// <param name="memory">How long a token may live that came by one of them.</param>
    internal static async ValueTask<List<Revocation>> EndMadeAsync(WriteTransaction transaction, string keyId, DateTimeOffset now, TimeSpan memory)
    {
        List<Revocation> ended = [];
        foreach (var made in await transaction.QueryAsync(Made, Read, keyId, now))
        {
            await transaction.LockAsync(made.RootId);

            // What hangs below another one of them went with that.
            if (await transaction.ExecuteAsync(Cut, now, made.RootId, made.Path) > 0)
            {
                await AuditTrail.AppendAsync(transaction, AuditEventRow.From(DelegationEvents.EndedWithKey(made, keyId, now)));
                ended.Add(new(new Revocation.Key(RevocationKind.Delegation, made.Id), now, now + memory));
            }
        }

        return ended;
    }

    private static async ValueTask<bool> AreMadeByAsync(WriteTransaction transaction, Delegation row, string[] keys)
    {
        foreach (var key in keys)
        {
            if (await transaction.ExecuteAsync(MadeBy, key, row.Id) != 1)
            {
                return false;
            }
        }

        return true;
    }

    private static Delegation Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        RootId = row.GetString(1),
        Path = row.GetString(2),
        PrincipalId = row.GetString(3),
        DelegatorId = row.GetString(4),
        DelegateId = row.GetString(5),
        OrganizationId = row.GetString(6),
    };

    private static long Counted(DbDataReader found) => found.GetInt64(0);
}
