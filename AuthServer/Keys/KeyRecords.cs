using System.Data;
using System.Data.Common;
using AuthServer.Audit;
using AuthServer.Data;
using AuthServer.Jose;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Keys;

/// <summary>The times of the signing keys in the database.</summary>
internal sealed class KeyRecords(IDbContextFactory<AuthDbContext> contexts)
{
    /// <summary>All keys, ended ones included, in the order of their ids.</summary>
    /// <exception cref="InvalidDataException">A key is of an algorithm that this version does not know.</exception>
    public async Task<IReadOnlyList<KeyLife>> ReadAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return Lives(await db.SigningKeys.AsNoTracking().ToListAsync(ct));
    }

    /// <summary>Stores a plan and its events in one commit. False, with nothing stored: the keys are no longer those that it was made from.</summary>
    public async Task<bool> TrySaveAsync(IReadOnlyList<KeyLife> before, KeyPlan plan, DateTimeOffset now, AuditEvent? by, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        try
        {
            // Serializable: of two nodes that both saw an empty table, or the same rows, one is refused by the database.
            await using var transaction = await db.Database.BeginTransactionAsync(IsolationLevel.Serializable, ct);
            var rows = await db.SigningKeys.ToListAsync(ct);
            if (!Lives(rows).SequenceEqual(before))
                return false;
            Write(db, rows, plan, now, by);
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            return true;
        }
        catch (Exception error) when (IsConflict(error))
        {
            return false;
        }
    }

    private static void Write(AuthDbContext db, List<SigningKeyRecord> rows, KeyPlan plan, DateTimeOffset now, AuditEvent? by)
    {
        foreach (var life in plan.Keys)
        {
            var row = rows.Find(row => row.KeyId == life.KeyId);
            if (row is null)
                db.SigningKeys.Add(row = new SigningKeyRecord { KeyId = life.KeyId, Algorithm = life.Algorithm.Name(), CreatedAt = life.CreatedAt });
            (row.ActivatesAt, row.RetiresAt, row.ExpiresAt, row.RevokedAt) = (life.ActivatesAt, life.RetiresAt, life.ExpiresAt, life.RevokedAt);
        }
        foreach (var told in plan.Events)
        {
            var entry = AuditEvent.Of(TypeOf(told.Kind), AuditOutcomes.Success, now);
            db.AuditEvents.Add(AuditEventRow.From((by is null ? entry : by with { Id = entry.Id, At = now, Type = entry.Type }) with { Target = told.KeyId, Reason = told.Reason }));
        }
    }

    private static string TypeOf(KeyEventKind kind) => kind switch
    {
        KeyEventKind.Created => AuditEventTypes.KeyCreated,
        KeyEventKind.Rotated => AuditEventTypes.KeyRotated,
        _ => AuditEventTypes.KeyRevoked,
    };

    private static List<KeyLife> Lives(List<SigningKeyRecord> rows) =>
        [.. rows.OrderBy(row => row.KeyId, StringComparer.Ordinal).Select(Life)];

    private static KeyLife Life(SigningKeyRecord row) => JwsAlgorithms.TryParse(row.Algorithm, out var algorithm)
        ? new KeyLife(row.KeyId, algorithm, row.CreatedAt, row.ActivatesAt, row.RetiresAt, row.ExpiresAt, row.RevokedAt)
        : throw new InvalidDataException("The database names a signing key of an algorithm that this version does not know. Was it written by a newer version?");

    // PostgreSQL: of two serializable transactions that depend on each other, one is undone (40001, 40P01).
    private static bool IsConflict(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is DbException { SqlState: "40001" or "40P01" })
                return true;
        }
        return false;
    }
}
