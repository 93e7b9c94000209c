using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Signs a person out elsewhere, and keeps when each session was used.</summary>
public sealed class SessionEndings(IDatabaseWriter writer, StoredFamilies families)
{
    private static readonly Statement Others = new("""SELECT "Id" FROM "Sessions" WHERE "UserId" = $1 AND "Id" <> $2 AND "EndedAt" IS NULL ORDER BY "Id" """);

    private static readonly Statement OfLogin = new("""SELECT "Id" FROM "Sessions" WHERE "UserId" = $1 AND "ExternalLoginId" = $2 AND "EndedAt" IS NULL ORDER BY "Id" """);

    private static readonly Statement Use = new("""UPDATE "Sessions" SET "LastUsedAt" = $2 WHERE "Id" = $1 AND ("LastUsedAt" IS NULL OR "LastUsedAt" < $2)""");

    /// <summary>Ends every session of the person but this one, and what came from them; false, with nothing written, when there is none.</summary>
    public Task<bool> EndOthersAsync(string userId, string keptId, AuditEvent why, CancellationToken ct) => EndAsync(Others, userId, keptId, why, ct);

    /// <summary>The same of those that were begun by an account at another provider.</summary>
    public Task<bool> EndOfLoginAsync(string userId, string loginId, AuditEvent why, CancellationToken ct) => EndAsync(OfLogin, userId, loginId, why, ct);

    private Task<bool> EndAsync(Statement those, string userId, string by, AuditEvent why, CancellationToken ct) => families.WriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(userId);
            List<Revocation> ended = [];
            foreach (var id in await transaction.QueryAsync(those, row => row.GetString(0), userId, by))
            {
                ended.Add(await families.EndSessionAsync(transaction, id, why.At));
            }

            return ended.Count > 0 ? ended : null;
        },
        why,
        ct);

    /// <summary>Keeps when sessions were used last.</summary>
    public Task KeepUseAsync(IReadOnlyCollection<KeyValuePair<string, DateTimeOffset>> uses, CancellationToken ct)
    {
        // In one order: two nodes do not wait for each other.
        var ordered = uses.OrderBy(use => use.Key, StringComparer.Ordinal).ToArray();
        return writer.TryWriteAsync(
            async transaction =>
            {
                foreach (var (id, at) in ordered)
                {
                    await transaction.ExecuteAsync(Use, id, at);
                }

                return true;
            },
            ct);
    }
}
