using AuthServer.Organizations;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Changes developer keys: the rows, the end of the old key everywhere, and the event, in one commit. The organization's name is locked
/// first, so that no key is made for a member who is being removed.</summary>
public sealed class DeveloperKeyChanges(StoredFamilies families)
{
    // Other nodes know a key's row for a few seconds; after that the row itself says that it is over.
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private static readonly Statement Insert = new(
        """
        INSERT INTO "DeveloperKeys" ("Id", "OrganizationId", "UserId", "Name", "Role", "Hint", "Hash", "CreatedAt", "ExpiresAt")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """);

    private static readonly Statement Replace = new(
        """
        UPDATE "DeveloperKeys" SET "ReplacedBy" = $3, "ExpiresAt" = $4 WHERE "Id" = $1 AND "OrganizationId" = $2 AND "ReplacedBy" IS NULL AND "RevokedAt" IS NULL
        """);

    private static readonly Statement Revoke = new(
        """UPDATE "DeveloperKeys" SET "RevokedAt" = $3 WHERE "Id" = $1 AND "OrganizationId" = $2 AND "RevokedAt" IS NULL""");

    private static readonly Statement RevokeOfMember = new(
        """
        UPDATE "DeveloperKeys" SET "RevokedAt" = $1 WHERE "OrganizationId" = $2 AND "UserId" = $3 AND "Role" > $4 AND "RevokedAt" IS NULL RETURNING "Id", "OrganizationId"
        """);

    private static readonly Statement RevokeOfPerson = new(
        """UPDATE "DeveloperKeys" SET "RevokedAt" = $1 WHERE "UserId" = $2 AND "RevokedAt" IS NULL RETURNING "Id", "OrganizationId" """);

    private static readonly Statement RevokeAll = new(
        """UPDATE "DeveloperKeys" SET "RevokedAt" = $1 WHERE "OrganizationId" = $2 AND "RevokedAt" IS NULL RETURNING "Id" """);

    /// <summary>False when its maker may not do that much any more.</summary>
    public Task<bool> TryAddAsync(DeveloperKey key, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(async transaction => await TryInsertAsync(transaction, key) ? [] : null, why, ct);

    /// <summary>False when the old key was rotated or revoked already.</summary>
    /// <param name="end">When the old key stops working; now or before: at once, everywhere.</param>
    public Task<bool> TryReplaceAsync(DeveloperKey old, DeveloperKey key, DateTimeOffset end, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction =>
                await TryInsertAsync(transaction, key) && await transaction.ExecuteAsync(Replace, old.Id, old.OrganizationId, key.Id, end) == 1
                    ? end <= why.At ? [Ended(old.Id, why.At)] : []
                    : null,
            why,
            ct);

    /// <summary>False when the organization has no such live key.</summary>
    public Task<bool> TryRevokeAsync(string organizationId, string id, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction => await transaction.ExecuteAsync(Revoke, id, organizationId, why.At) == 1 ? [Ended(id, why.At)] : null, why, ct);

    /// <summary>Ends the keys that a member made and may not have made any more, within a change that does more. Each is told in the trail.</summary>
    /// <param name="role">What the member may still do; null: nothing.</param>
    internal static ValueTask<List<Revocation>> EndAsync(
        WriteTransaction transaction, string organizationId, string userId, Role? role, DateTimeOffset now) =>
        EndAsync(transaction, RevokeOfMember, now, organizationId, userId, (int)(role ?? 0));

    /// <summary>Those that a person made anywhere.</summary>
    internal static ValueTask<List<Revocation>> EndOfPersonAsync(WriteTransaction transaction, string userId, DateTimeOffset now) =>
        EndAsync(transaction, RevokeOfPerson, now, userId);

    /// <summary>Ends every key of an organization, within a change that does more.</summary>
    internal static async ValueTask<List<Revocation>> EndAllAsync(WriteTransaction transaction, string organizationId, DateTimeOffset now) =>
        (await transaction.QueryAsync(RevokeAll, row => row.GetString(0), now, organizationId)).ConvertAll(id => Ended(id, now));

    private static async ValueTask<List<Revocation>> EndAsync(WriteTransaction transaction, Statement statement, DateTimeOffset now, params object?[] whose)
    {
        var ended = await transaction.QueryAsync(statement, row => (Id: row.GetString(0), OrganizationId: row.GetString(1)), [now, .. whose]);
        foreach (var (id, organizationId) in ended)
        {
            await AuditTrail.AppendAsync(transaction, OrganizationEvents.MakerGone(OrganizationEvents.KeyRevoked, id, organizationId, now));
        }

        return ended.ConvertAll(key => Ended(key.Id, now));
    }

    private static async ValueTask<bool> TryInsertAsync(WriteTransaction transaction, DeveloperKey key)
    {
        await transaction.LockAsync(key.OrganizationId);
        if (!await MemberChanges.HoldsAsync(transaction, key.OrganizationId, key.UserId, key.Role))
        {
            return false;
        }

        await transaction.ExecuteAsync(
            Insert, key.Id, key.OrganizationId, key.UserId, key.Name, (int)key.Role, key.Hint, key.Hash, key.CreatedAt, key.ExpiresAt);
        return true;
    }

    internal static Revocation Ended(string id, DateTimeOffset now) => new(new Revocation.Key(RevocationKind.Credential, id), now, now + Memory);
}
