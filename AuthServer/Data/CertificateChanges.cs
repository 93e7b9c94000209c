using System.Data.Common;
using AuthServer.Certificates;
using AuthServer.Jose;
using AuthServer.Organizations;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Changes certificates: the rows, the end of what they signed, and the event, in one commit. The organization's name is locked first, so that
/// none is made for a member who is being removed.</summary>
public sealed class CertificateChanges(StoredFamilies families)
{
    /// <summary>Of one organization, revoked ones included: those can be deleted.</summary>
    public const int Most = 1_000;

    /// <summary>As many as a key set holds.</summary>
    public const int MostLive = JsonWebKeySet.MaxKeys;

    // The longest that a token may live which came by one.
    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private static readonly Statement Count = new(
        """SELECT COUNT(*), COUNT(CASE WHEN "RevokedAt" IS NULL AND "ExpiresAt" > $2 THEN 1 END) FROM "Certificates" WHERE "OrganizationId" = $1""");

    private static readonly Statement Insert = new(
        """
        INSERT INTO "Certificates" ("Id", "OrganizationId", "UserId", "Name", "Role", "PublicKey", "ModulusLength", "Scopes", "Metadata", "CreatedAt", "ExpiresAt")
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """);

    private static readonly Statement Revoke = new(
        """UPDATE "Certificates" SET "RevokedAt" = $3 WHERE "Id" = $1 AND "OrganizationId" = $2 AND "RevokedAt" IS NULL""");

    private static readonly Statement Delete = new(
        """DELETE FROM "Certificates" WHERE "Id" = $1 AND "OrganizationId" = $2 AND "RevokedAt" IS NOT NULL""");

    private static readonly Statement RevokeOfMember = new(
        """
        UPDATE "Certificates" SET "RevokedAt" = $1 WHERE "OrganizationId" = $2 AND "UserId" = $3 AND "Role" > $4 AND "RevokedAt" IS NULL RETURNING "Id", "OrganizationId"
        """);

    private static readonly Statement RevokeAll = new(
        """UPDATE "Certificates" SET "RevokedAt" = $1 WHERE "OrganizationId" = $2 AND "RevokedAt" IS NULL RETURNING "Id" """);

    private static readonly Statement RevokeOfPerson = new(
        """UPDATE "Certificates" SET "RevokedAt" = $1 WHERE "UserId" = $2 AND "RevokedAt" IS NULL RETURNING "Id", "OrganizationId" """);

    /// <summary>False when its maker may not do that much any more, or the organization has too many.</summary>
    public Task<bool> TryAddAsync(Certificate certificate, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction =>
            {
                await transaction.LockAsync(certificate.OrganizationId);
                if (!await MemberChanges.HoldsAsync(transaction, certificate.OrganizationId, certificate.UserId, certificate.Role)
                    || (await transaction.QueryAsync(Count, IsFull, certificate.OrganizationId, certificate.CreatedAt))[0])
                {
                    return null;
                }

                await transaction.ExecuteAsync(
                    Insert, certificate.Id, certificate.OrganizationId, certificate.UserId, certificate.Name, (int)certificate.Role, certificate.PublicKey,
                    certificate.ModulusLength, certificate.Scopes, certificate.Metadata, certificate.CreatedAt, certificate.ExpiresAt);
                return [];
            },
            why,
            ct);

    /// <summary>False when it was revoked or deleted already.</summary>
    public Task<bool> TryRevokeAsync(string organizationId, string id, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(
            async transaction => await transaction.ExecuteAsync(Revoke, id, organizationId, why.At) == 1 ? [Ended(id, why.At)] : null, why, ct);

    /// <summary>False when it is not revoked, or gone.</summary>
    public Task<bool> TryDeleteAsync(string organizationId, string id, AuditEvent why, CancellationToken ct) =>
        families.WriteAsync(async transaction => await transaction.ExecuteAsync(Delete, id, organizationId) == 1 ? [] : null, why, ct);

    /// <summary>Ends the certificates that a member made and may not have made any more, within a change that does more. Each is told in the trail.</summary>
    /// <param name="role">What the member may still do; null: nothing.</param>
    internal static ValueTask<List<Revocation>> EndAsync(
        WriteTransaction transaction, string organizationId, string userId, Role? role, DateTimeOffset now) =>
        EndAsync(transaction, RevokeOfMember, now, organizationId, userId, (int)(role ?? 0));

    /// <summary>Ends those of an organization, within a change that does more.</summary>
    internal static async ValueTask<List<Revocation>> EndAllAsync(WriteTransaction transaction, string organizationId, DateTimeOffset now) =>
        (await transaction.QueryAsync(RevokeAll, row => row.GetString(0), now, organizationId)).ConvertAll(id => Ended(id, now));

    /// <summary>Ends those that a person made anywhere, within a change that does more.</summary>
    internal static ValueTask<List<Revocation>> EndOfPersonAsync(WriteTransaction transaction, string userId, DateTimeOffset now) =>
        EndAsync(transaction, RevokeOfPerson, now, userId);

    private static bool IsFull(DbDataReader row) => row.GetInt64(0) >= Most || row.GetInt64(1) >= MostLive;

    private static async ValueTask<List<Revocation>> EndAsync(WriteTransaction transaction, Statement statement, DateTimeOffset now, params object?[] whose)
    {
        var ended = await transaction.QueryAsync(statement, row => (Id: row.GetString(0), OrganizationId: row.GetString(1)), [now, .. whose]);
        foreach (var (id, organizationId) in ended)
        {
            await AuditTrail.AppendAsync(transaction, OrganizationEvents.MakerGone(CertificateEvents.Revoked, id, organizationId, now));
        }

        return ended.ConvertAll(certificate => Ended(certificate.Id, now));
    }

    private static Revocation Ended(string id, DateTimeOffset now) => new(new Revocation.Key(RevocationKind.Credential, id), now, now + Memory);
}
