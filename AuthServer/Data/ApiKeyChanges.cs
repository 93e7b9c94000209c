using AuthServer.Agents.Credentials;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Changes agents' API keys: the rows, the authorization that a key's tokens hang on, the end of what it gave and set, and the event, in one commit.</summary>
public sealed class ApiKeyChanges(StoredFamilies families)
{
    // Other nodes know a key's row for a few seconds, and no access token that it gave lives longer.
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private static readonly Statement Insert = new(
        """
        INSERT INTO "ApiKeys" ("Id", "AgentId", "Hint", "Hash", "Scopes", "TokenLifetime", "Metadata", "CreatedAt", "ExpiresAt", "RotatedAt", "GivenById")
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE EXISTS (SELECT 1 FROM "Agents" WHERE "Id" = $2 AND "Status" = 1)
            AND (CAST($11 AS varchar(100)) IS NULL OR EXISTS (SELECT 1 FROM "OpenIddictAuthorizations" WHERE "Id" = $11 AND "Status" = 'valid'))
        """);

    private static readonly Statement Authorize = new(
        """
        INSERT INTO "OpenIddictAuthorizations" ("Id", "ApplicationId", "ConcurrencyToken", "CreationDate", "Scopes", "Status", "Subject", "Type")
        SELECT $1, "ApplicationId", $3, $4, $5, 'valid', "Id", 'permanent' FROM "Agents" WHERE "Id" = $2
        """);

    private static readonly Statement Count = new(
        """SELECT COUNT(*) FROM "ApiKeys" WHERE "AgentId" = $1 AND "RevokedAt" IS NULL AND ("ExpiresAt" IS NULL OR "ExpiresAt" > $2)""");

    private static readonly Statement Given = new("""UPDATE "ApiKeys" SET "RevokedAt" = $2 WHERE "GivenById" = $1 AND "RevokedAt" IS NULL RETURNING "Id" """);

    private static readonly Statement Revoke = new("""UPDATE "ApiKeys" SET "RevokedAt" = $2 WHERE "Id" = $1 AND "RevokedAt" IS NULL""");

    /// <summary>False when the agent may not act, or has as many keys as it may.</summary>
    public Task<bool> TryAddAsync(ApiKey key, int most, AuditEvent why, CancellationToken ct) => families.WriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(key.AgentId);
            await ShareGiverAsync(transaction, key);
            return (await transaction.QueryAsync(Count, static row => row.GetInt64(0), key.AgentId, key.CreatedAt))[0] < most
                && await TryInsertAsync(transaction, key) ? [] : null;
        },
        why,
        ct);

    /// <summary>The new key in the place of the old one, which is dead at once, with all that it gave. False when it was rotated or revoked already.</summary>
    public Task<bool> TryRotateAsync(ApiKey old, ApiKey key, AuditEvent why, CancellationToken ct) => families.WriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(key.AgentId);
            await ShareGiverAsync(transaction, key);
            return await TryEndAsync(transaction, old.Id, why.At) is { } ended && await TryInsertAsync(transaction, key) ? ended : null;
        },
        why,
        ct);

    /// <summary>False when it was revoked already.</summary>
    public Task<bool> TryRevokeAsync(ApiKey key, AuditEvent why, CancellationToken ct) => families.WriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(key.AgentId);
            return await TryEndAsync(transaction, key.Id, why.At);
        },
        why,
        ct);

    /// <summary>Ends the keys that were made under an authorization, within the change that ends it.</summary>
    /// <returns>Their ids, which are also those of the authorizations that their own tokens hang on.</returns>
    internal static async ValueTask<List<string>> EndGivenAsync(WriteTransaction transaction, string authorizationId, DateTimeOffset now) =>
        await transaction.QueryAsync(Given, static row => row.GetString(0), authorizationId, now);

    internal static Revocation Ended(string id, DateTimeOffset now) => new(new Revocation.Key(RevocationKind.Credential, id), now, now + Memory);

    /// <summary>Whoever takes back what the key hangs on holds the same name.</summary>
    private static ValueTask ShareGiverAsync(WriteTransaction transaction, ApiKey key) => key.GivenById is { } giver ? transaction.ShareAsync(giver) : default;

    private static async ValueTask<bool> TryInsertAsync(WriteTransaction transaction, ApiKey key)
    {
        if (await transaction.ExecuteAsync(
            Insert, key.Id, key.AgentId, key.Hint, key.Hash, key.Scopes, key.TokenLifetime, key.Metadata, key.CreatedAt, key.ExpiresAt, key.RotatedAt, key.GivenById) != 1)
        {
            return false;
        }

        await transaction.ExecuteAsync(Authorize, key.Id, key.AgentId, TokenRow.NewConcurrencyToken(), key.CreatedAt, key.Scopes);
        return true;
    }

    private async ValueTask<List<Revocation>?> TryEndAsync(WriteTransaction transaction, string id, DateTimeOffset now) =>
        await transaction.ExecuteAsync(Revoke, id, now) == 1 ? await families.EndKeyAsync(transaction, id, now) : null;
}
