using System.Data.Common;
using AuthServer.Audit;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;

namespace AuthServer.Data;

/// <summary>Grants that are still to be taken back: stored in the commit that removes their accounts, and taken by one node at a time.</summary>
public sealed class GrantEndingChanges(IDatabaseWriter writer)
{
    private static readonly Statement Insert = new(
        """
        INSERT INTO "GrantEndings" ("Id", "OrganizationId", "ConnectionId", "AccountId", "ProviderId", "Calls", "Attempts", "DueAt", "CreatedAt") VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)
        """);

    // Taken by moving their time ahead: whoever took them and died has not lost them.
    private static readonly Statement Claim = new(
        """
        UPDATE "GrantEndings" SET "DueAt" = $2, "Attempts" = "Attempts" + 1
        WHERE "DueAt" <= $1 AND "Id" IN (SELECT "Id" FROM "GrantEndings" WHERE "DueAt" <= $1 ORDER BY "DueAt" LIMIT $3)
        RETURNING "Id", "OrganizationId", "ConnectionId", "AccountId", "ProviderId", "Calls", "Attempts", "CreatedAt"
        """);

    private static readonly Statement Later = new("""UPDATE "GrantEndings" SET "DueAt" = $2 WHERE "Id" = $1""");

    private static readonly Statement Delete = new("""DELETE FROM "GrantEndings" WHERE "Id" = $1""");

    public Task<bool> TryAddAsync(GrantEnding ending, CancellationToken ct) => writer.TryWriteAsync(transaction => AddAsync(transaction, ending), ct);

    public async Task<IReadOnlyList<GrantEnding>> ClaimAsync(DateTimeOffset now, DateTimeOffset until, int most, CancellationToken ct)
    {
        List<GrantEnding> claimed = [];
        await writer.TryWriteAsync(async transaction => (claimed = await transaction.QueryAsync(Claim, Read, now, until, most)).Count > 0, ct);
        return claimed;
    }

    public Task LaterAsync(string id, DateTimeOffset at, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Later, id, at) == 1, ct);

    /// <summary>It is over, one way or the other.</summary>
    public Task<bool> TryDeleteAsync(string id, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Delete, id) == 1 && await AuditTrail.AppendAsync(transaction, told), ct);
    }

    /// <summary>Within a change that does more.</summary>
    internal static async ValueTask<bool> AddAsync(WriteTransaction transaction, GrantEnding ending) => await transaction.ExecuteAsync(
        Insert, ending.Id, ending.OrganizationId, ending.ConnectionId, ending.AccountId, ending.ProviderId, ending.Calls, ending.DueAt, ending.CreatedAt) == 1;

    private static GrantEnding Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        OrganizationId = row.GetString(1),
        ConnectionId = row.GetString(2),
        AccountId = row.GetString(3),
        ProviderId = row.GetString(4),
        Calls = row.GetString(5),
        Attempts = row.GetInt32(6),
        CreatedAt = StoredTime.Read(row, 7)!.Value,
    };
}
