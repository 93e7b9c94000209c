using AuthServer.Audit;
using AuthServer.Protocol.State;
using AuthServer.Vault.Accounts;

namespace AuthServer.Data;

/// <summary>Adds connected accounts: of several who add the same one, one does; the row and the event in one commit.</summary>
public sealed class AccountChanges(IDatabaseWriter writer)
{
    /// <summary>Of one connection.</summary>
    public const int Most = 100_000;

    private static readonly Statement Count = new("""SELECT COUNT(*) FROM "ConnectedAccounts" WHERE "ConnectionId" = $1""");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "ConnectedAccounts" ("Id", "OrganizationId", "ConnectionId", "Identifier", "IdentifierType", "UserId", "Status", "Health", "IsVerified", "Failures", "Attempts",
            "CreatedAt", "UpdatedAt", "Version")
        SELECT $1, $2, $3, $4, $5, $6, 0, 0, $7, 0, 0, $8, $8, 1 WHERE EXISTS (SELECT 1 FROM "Connections" WHERE "Id" = $3 AND "OrganizationId" = $2)
        ON CONFLICT ("ConnectionId", "IdentifierType", "Identifier") DO NOTHING
        """);

    /// <summary>False: it is there already, the connection is gone, or it has too many.</summary>
    public Task<bool> TryAddAsync(ConnectedAccount account, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(
            async transaction =>
                (await transaction.QueryAsync(Count, row => row.GetInt64(0), account.ConnectionId))[0] < Most
                && await transaction.ExecuteAsync(
                    Insert, account.Id, account.OrganizationId, account.ConnectionId, account.Identifier, account.IdentifierType, account.UserId, false, account.CreatedAt) == 1
                && await AuditTrail.AppendAsync(transaction, told),
            ct);
    }
}
