namespace AuthServer.Data;

/// <summary>Deletes codes, refresh tokens and families 14 days after they expired (OpenIddict's minimum). A token stays as long as its family,
/// so that a replay of it is still known as one.</summary>
internal sealed class TokenPruning(IDatabaseReader reader, IDatabaseWriter writer)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(14);

    // No index leads to them, so they are searched for on a reading connection, which nobody waits for.
    private static readonly Statement OldTokens = new(
        """
        SELECT token."Id" FROM "OpenIddictTokens" AS token
        WHERE token."Id" > $1 AND token."ExpirationDate" <= $2
            AND NOT EXISTS (SELECT 1 FROM "TokenFamilies" AS family
                WHERE family."Id" = substr(token."Id", 1, CASE WHEN length(token."Id") > 27 THEN length(token."Id") - 27 ELSE 0 END)
                    AND family."ExpiresAt" > $2)
        ORDER BY token."Id" LIMIT 200
        """);

    private static readonly Statement OldFamilies = new(
        """SELECT "Id" FROM "TokenFamilies" WHERE "Id" > $1 AND "ExpiresAt" <= $2 ORDER BY "Id" LIMIT 200""");

    private static readonly Statement DeleteToken = new("""DELETE FROM "OpenIddictTokens" WHERE "Id" = $1""");

    private static readonly Statement DeleteFamily = new("""DELETE FROM "TokenFamilies" WHERE "Id" = $1""");

    public async Task PruneAsync(DateTimeOffset now, CancellationToken ct)
    {
        await DeleteAsync(OldTokens, DeleteToken, now - Kept, ct);
        await DeleteAsync(OldFamilies, DeleteFamily, now - Kept, ct);
    }

    private async Task DeleteAsync(Statement search, Statement delete, DateTimeOffset until, CancellationToken ct)
    {
        var last = "";
        while (await reader.ListAsync(search, row => row.GetString(0), [last, until], ct) is { Count: > 0 } ids)
        {
            await writer.TryWriteAsync(
                async transaction =>
                {
                    foreach (var id in ids)
                    {
                        await transaction.ExecuteAsync(delete, id);
                    }

                    return true;
                },
                ct);
            last = ids[^1];
        }
    }
}
