using System.Data.Common;
using AuthServer.Audit;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>Authorization requests that wait for a person. Anybody can make them, so they are capped per caller and in all. Those that agents file wait longer,
/// and are counted apart: they leave the people at the same address their own.</summary>
public sealed class AuthorizationRequests(IDatabaseWriter writer, IDatabaseReader reader, DatabaseSettings settings) : IAuthorizationRequests
{
    // Each may wait for another person.
    private const int MostFiledOfOne = 1000;

    private static readonly Statement Insert = new(
        """
        INSERT INTO "AuthorizationRequests" ("Id", "Parameters", "BrowserHash", "CreatedAt", "ExpiresAt", "Address",
            "SelectedSubject", "ConsentSubject", "AuthorizationId", "ForSubject", "RequiredScopes")
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $11, $12
        WHERE (SELECT COUNT(*) FROM (SELECT 1 FROM "AuthorizationRequests"
            WHERE "Address" = $6 AND ("RequiredScopes" IS NOT NULL) = $13 AND "ExpiresAt" > $4 LIMIT $10) AS open) < $10
        """);

    private static readonly Statement Select = new(
        """
        SELECT "Id", "Parameters", "BrowserHash", "CreatedAt", "ExpiresAt", "Address", "SelectedSubject", "ConsentSubject", "AuthorizationId",
            "ForSubject", "RequiredScopes", "LeftOut"
        FROM "AuthorizationRequests" WHERE "Id" = $1 AND "ExpiresAt" > $2
        """);

    private static readonly Statement SelectSubject = new("""UPDATE "AuthorizationRequests" SET "SelectedSubject" = $2 WHERE "Id" = $1""");

    // Two tabs may leave out at once.
    private static readonly Statement LeaveOut = new("""UPDATE "AuthorizationRequests" SET "LeftOut" = COALESCE("LeftOut" || ' ', '') || $2 WHERE "Id" = $1""");

    private static readonly Statement Delete = new("""DELETE FROM "AuthorizationRequests" WHERE "Id" = $1""");

    private readonly OpenCount _begun = new(reader, new("""SELECT COUNT(*) FROM "AuthorizationRequests" WHERE "ExpiresAt" > $1 AND "RequiredScopes" IS NULL"""));

    private readonly OpenCount _filed = new(reader, new("""SELECT COUNT(*) FROM "AuthorizationRequests" WHERE "ExpiresAt" > $1 AND "RequiredScopes" IS NOT NULL"""));

    public async Task<bool> TryAddAsync(StoredAuthorizationRequest request, CancellationToken ct)
    {
        var (open, most) = request.IsFiled ? (_filed, MostFiledOfOne) : (_begun, settings.OpenRequestsPerAddress);
        if (await open.IsFullAsync(request.CreatedAt, ct))
        {
            return false;
        }

        var added = await writer.TryWriteAsync(
            async transaction =>
            {
                // Counting and adding must not mix with another's.
                await transaction.LockAsync(request.Address);
                return await transaction.ExecuteAsync(
                    Insert, request.Id, request.Parameters, request.BrowserHash, request.CreatedAt, request.ExpiresAt, request.Address,
                    request.SelectedSubject, request.ConsentSubject, request.AuthorizationId, most,
                    request.ForSubject, request.RequiredScopes is { } required ? string.Join(' ', required) : null, request.IsFiled) == 1;
            },
            ct);
        if (added)
        {
            open.Add();
        }

        return added;
    }

    public async Task<StoredAuthorizationRequest?> FindAsync(string id, DateTimeOffset now, CancellationToken ct) =>
        await reader.FindAsync(Select, Read, [id, now], ct);

    public Task<bool> TrySelectAsync(string id, string subject, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(SelectSubject, id, subject) == 1, ct);

    public Task<bool> TryLeaveOutAsync(string id, IReadOnlyList<string> scopes, CancellationToken ct) =>
        writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(LeaveOut, id, string.Join(' ', scopes)) == 1, ct);

    public Task<bool> TryRefuseAsync(string id, AuditEvent refused, CancellationToken ct)
    {
        var told = AuditEventRow.From(refused);
        return writer.TryWriteAsync(
            async transaction => await transaction.ExecuteAsync(Delete, id) == 1 && await AuditTrail.AppendAsync(transaction, told), ct);
    }

    private static StoredAuthorizationRequest Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Parameters = row.GetString(1),
        BrowserHash = row.GetString(2),
        CreatedAt = Time(row, 3),
        ExpiresAt = Time(row, 4),
        Address = row.GetString(5),
        SelectedSubject = row.IsDBNull(6) ? null : row.GetString(6),
        ConsentSubject = row.IsDBNull(7) ? null : row.GetString(7),
        AuthorizationId = row.IsDBNull(8) ? null : row.GetString(8),
        ForSubject = row.IsDBNull(9) ? null : row.GetString(9),
        RequiredScopes = row.IsDBNull(10) ? null : Words(row.GetString(10)),
        LeftOut = row.IsDBNull(11) ? [] : Words(row.GetString(11)),
    };

    private static string[] Words(string scopes) => scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static DateTimeOffset Time(DbDataReader row, int column) => new(DateTime.SpecifyKind(row.GetDateTime(column), DateTimeKind.Utc));

    /// <summary>How many are open in all, near enough: counted now and then, and this node's own in between.</summary>
    private sealed class OpenCount(IDatabaseReader reader, Statement count)
    {
        private const int Most = 100_000;

        private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(10);

        private long _open;
        private DateTimeOffset _countedAt;

        public async ValueTask<bool> IsFullAsync(DateTimeOffset now, CancellationToken ct)
        {
            if ((now - _countedAt).Duration() > CountEvery)
            {
                _countedAt = now;
                Volatile.Write(ref _open, await reader.FindAsync(count, row => row.GetInt64(0), [now], ct));
            }

            return Volatile.Read(ref _open) >= Most;
        }

        public void Add() => Interlocked.Increment(ref _open);
    }
}
