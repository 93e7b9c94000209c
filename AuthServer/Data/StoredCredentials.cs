using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Replaces an application's secrets and keys: rows, the end of what was replaced, and the event, in one commit.</summary>
public sealed class StoredCredentials(StoredFamilies families, DatabaseSettings settings)
{
    private static readonly Statement Change = new(
        """
        UPDATE "OpenIddictApplications" SET "ClientSecret" = $3, "JsonWebKeySet" = $4, "Properties" = $5, "ConcurrencyToken" = $6
        WHERE "Id" = $1 AND "ConcurrencyToken" = $2
        """);

    private static readonly Statement DropAll = new("""DELETE FROM "ClientSecrets" WHERE "ApplicationId" = $1 RETURNING "Id" """);

    // Two at most: one that was on its way out already is out.
    private static readonly Statement DropExpiring = new(
        """DELETE FROM "ClientSecrets" WHERE "ApplicationId" = $1 AND "ExpiresAt" IS NOT NULL RETURNING "Id" """);

    private static readonly Statement LetExpire = new("""UPDATE "ClientSecrets" SET "ExpiresAt" = $2 WHERE "ApplicationId" = $1""");

    private static readonly Statement Insert = new(
        """INSERT INTO "ClientSecrets" ("Id", "ApplicationId", "Hash", "Hint", "CreatedAt") VALUES ($1, $2, $3, $4, $5)""");

    /// <summary>False when the application was changed since it was read. What is replaced without an overlap is refused at once, on every node.</summary>
    public Task<bool> TryReplaceAsync(CredentialChange change, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction =>
            {
                if (await transaction.ExecuteAsync(
                    Change, change.ApplicationId, change.Expected, change.SecretHash, change.Keys, change.Properties, change.ConcurrencyToken) != 1)
                {
                    return null;
                }

                var dropped = await transaction.QueryAsync(change.PreviousUntil is null ? DropAll : DropExpiring, static row => row.GetString(0), change.ApplicationId);
                if (change.PreviousUntil is { } until)
                {
                    await transaction.ExecuteAsync(LetExpire, change.ApplicationId, until);
                }

                if (change.Secret is { } secret)
                {
                    await transaction.ExecuteAsync(Insert, secret.Id, secret.ApplicationId, secret.Hash, secret.Hint, secret.CreatedAt);
                }

                return dropped.ConvertAll(id =>
                    new Revocation(new Revocation.Key(RevocationKind.Credential, id), why.At, why.At + settings.LongestAccessToken));
            },
            why,
            ct);
}
