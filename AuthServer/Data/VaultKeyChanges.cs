using AuthServer.Audit;
using AuthServer.Protocol.State;
using AuthServer.Vault.Secrets;

namespace AuthServer.Data;

/// <summary>Changes the vault's keys, and what is sealed under them.</summary>
internal sealed class VaultKeyChanges(IDatabaseWriter writer, IDatabaseReader reader)
{
    private const string Name = "vault-keys";

    private static readonly Statement Newest = new("""SELECT "Id" FROM "VaultKeys" ORDER BY "CreatedAt" DESC LIMIT 1""");

    private static readonly Statement Insert = new(
        """INSERT INTO "VaultKeys" ("Id", "CreatedAt", "Wrap", "Wrapped", "Reencrypts", "FinishedAt") VALUES ($1, $2, $3, $4, $5, $6)""");

    private static readonly Statement Finish = new("""UPDATE "VaultKeys" SET "FinishedAt" = $2 WHERE "Id" = $1 AND "FinishedAt" IS NULL""");

    // In one statement with the question whether anything names it.
    private static readonly Statement Delete = new(
        $"""
        DELETE FROM "VaultKeys" WHERE "Id" = $1 AND EXISTS (SELECT 1 FROM "VaultKeys" AS "Later" WHERE "Later"."CreatedAt" > "VaultKeys"."CreatedAt" AND "Later"."CreatedAt" <= $2)
        {string.Concat(SealedColumns.All.Select(column => $"""AND NOT EXISTS (SELECT 1 FROM "{column.Table}" WHERE substr("{column.Column}", 1, $4) = $3) """))}
        """);

    private static readonly Statement Drop = new("""DELETE FROM "VaultKeys" WHERE "Id" = $1""");

    private static readonly Dictionary<SealedColumn, Statement> Reads = SealedColumns.All.ToDictionary(column => column, column => new Statement(
        $"""
        SELECT "{column.Key}", "{column.Column}" FROM "{column.Table}"
        WHERE "{column.Column}" IS NOT NULL AND substr("{column.Column}", 1, $2) <> $1 AND "{column.Key}" > $3 ORDER BY "{column.Key}" LIMIT $4
        """));

    private static readonly Dictionary<SealedColumn, Statement> Counts = SealedColumns.All.ToDictionary(column => column, column => new Statement(
        $"""SELECT COUNT(*) FROM "{column.Table}" WHERE "{column.Column}" IS NOT NULL AND substr("{column.Column}", 1, $2) <> $1"""));

    private static readonly Dictionary<SealedColumn, Statement> Replaces = SealedColumns.All.ToDictionary(column => column, column => new Statement(
        $"""UPDATE "{column.Table}" SET "{column.Column}" = $3 WHERE "{column.Key}" = $1 AND "{column.Column}" = $2"""));

    /// <summary>False when the newest is another than its maker knew.</summary>
    public Task<bool> TryAddAsync(VaultKeyRecord row, string? newest, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(Name);
                if ((await transaction.QueryAsync(Newest, found => found.GetString(0))).FirstOrDefault() != newest)
                {
                    return false;
                }

                await transaction.ExecuteAsync(Insert, row.Id, row.CreatedAt, (int)row.Wrap, row.Wrapped, row.Reencrypts, row.FinishedAt);
                return await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    /// <summary>How many values are not under this key.</summary>
    public async Task<long> CountOthersAsync(string keyId, CancellationToken ct)
    {
        var (prefix, others) = (VaultEnvelope.PrefixOf(keyId), 0L);
        foreach (var column in SealedColumns.All)
        {
            others += await reader.FindAsync(Counts[column], row => row.GetInt64(0), [prefix, prefix.Length], ct);
        }

        return others;
    }

    /// <summary>Values that are not under this key, by their ids.</summary>
    public async Task<List<(string Id, string Envelope)>> ReadAsync(SealedColumn column, string keyId, string after, int most, CancellationToken ct)
    {
        var prefix = VaultEnvelope.PrefixOf(keyId);
        return await reader.ListAsync(Reads[column], row => (row.GetString(0), row.GetString(1)), [prefix, prefix.Length, after, most], ct);
    }

    /// <summary>False when it is not what it was: whoever saved it meanwhile is not overwritten.</summary>
    public Task<bool> TryReplaceAsync(SealedColumn column, string id, string before, string after, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(Replaces[column], id, before, after) == 1, ct);

    /// <summary>False when something names it, or no later key is as old as this.</summary>
    public Task<bool> TryDeleteAsync(string keyId, DateTimeOffset laterMadeBefore, AuditEvent why, CancellationToken ct)
    {
        var (told, prefix) = (AuditEventRow.From(why), VaultEnvelope.PrefixOf(keyId));
        return writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(Name);
                return await transaction.ExecuteAsync(Delete, keyId, laterMadeBefore, prefix, prefix.Length) == 1 && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    /// <summary>Whatever names it. False when there is none.</summary>
    public Task<bool> TryDropAsync(string keyId, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(Name);
                return await transaction.ExecuteAsync(Drop, keyId) == 1 && await AuditTrail.AppendAsync(transaction, told);
            },
            ct);
    }

    /// <summary>False when the rotation to this key had come to its end already.</summary>
    public Task<bool> TryFinishAsync(string keyId, AuditEvent why, CancellationToken ct)
    {
        var told = AuditEventRow.From(why);
        return writer.TryWriteAsync(
            async transaction => await transaction.ExecuteAsync(Finish, keyId, why.At) == 1 && await AuditTrail.AppendAsync(transaction, told), ct);
    }
}
