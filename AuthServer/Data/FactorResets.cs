using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Takes away all that somebody can sign in with beside a password, and ends what they are signed in to, in one commit.</summary>
public sealed class FactorResets(StoredFamilies families)
{
    private static readonly Statement[] Drop =
    [
        new("""DELETE FROM "Authenticators" WHERE "UserId" = $1 RETURNING "UserId" """),
        new("""DELETE FROM "RecoveryCodes" WHERE "UserId" = $1 RETURNING "UserId" """),
        new("""DELETE FROM "AspNetUserPasskeys" WHERE "UserId" = $1 RETURNING "UserId" """),
    ];

    /// <summary>False: there was nothing.</summary>
    public Task<bool> TryResetAsync(string userId, AuditEvent why, CancellationToken ct) => families.WriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(userId);
            var dropped = 0;
            foreach (var statement in Drop)
            {
                dropped += (await transaction.QueryAsync(statement, row => row.GetString(0), userId)).Count;
            }

            return dropped == 0 ? null : await families.EndSubjectAsync(transaction, userId, why.At, why.At);
        },
        why,
        ct);
}
