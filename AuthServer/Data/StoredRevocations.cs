using System.Data.Common;
using System.Globalization;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>The revocation index on disk, and how the other nodes hear of an entry.</summary>
internal static class StoredRevocations
{
    /// <summary>PostgreSQL's NOTIFY channel.</summary>
    public const string Channel = "authserver_revocations";

    private static readonly Statement Upsert = new(Put("$1", "$2", "$3", "$4"));

    private static readonly string UpsertInContext = Put("{0}", "{1}", "{2}", "{3}");

    private static readonly Statement Select = new("""SELECT "Kind", "Id", "Moment", "ExpiresAt" FROM "Revocations" WHERE "ExpiresAt" > $1""");

    private static readonly Statement Has = new("""SELECT 1 FROM "Revocations" WHERE "Kind" = $1 AND "Id" = $2""");

    /// <summary>Whether it ended already, within a change that holds its name's lock.</summary>
    public static async ValueTask<bool> HasAsync(WriteTransaction transaction, Revocation.Key target) =>
        (await transaction.QueryAsync(Has, row => row.GetInt32(0), (int)target.Kind, target.Id)).Count > 0;

    public static async ValueTask AddAsync(WriteTransaction transaction, Revocation revocation)
    {
        await transaction.ExecuteAsync(Upsert, (int)revocation.Target.Kind, revocation.Target.Id, revocation.Moment, revocation.ExpiresAt);
        await transaction.NotifyAsync(Channel, Format(revocation));
    }

    /// <summary>The same in a context's transaction.</summary>
    public static async Task AddAsync(AuthDbContext context, Revocation revocation, CancellationToken ct)
    {
        await context.Database.ExecuteSqlRawAsync(
            UpsertInContext, [(int)revocation.Target.Kind, revocation.Target.Id, revocation.Moment.UtcDateTime, revocation.ExpiresAt.UtcDateTime], ct);
        if (context is PostgreSqlAuthDbContext)
        {
            await context.Database.ExecuteSqlAsync($"SELECT pg_notify({Channel}, {Format(revocation)})", ct);
        }
    }

    public static ValueTask<List<Revocation>> ListAsync(IDatabaseReader reader, DateTimeOffset now, CancellationToken ct) =>
        reader.ListAsync(Select, Read, [now], ct);

    /// <summary>A row that begins with kind, id, moment and expiry.</summary>
    public static Revocation Read(DbDataReader row) =>
        new(new Revocation.Key((RevocationKind)row.GetInt32(0), row.GetString(1)), Utc(row.GetDateTime(2)), Utc(row.GetDateTime(3)));

    /// <summary><c>kind|moment|expiry|id</c>, times in Unix milliseconds, rounded up: rather a millisecond too dead.</summary>
    public static string Format(Revocation revocation) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(int)revocation.Target.Kind}|{Milliseconds(revocation.Moment)}|{Milliseconds(revocation.ExpiresAt)}|{revocation.Target.Id}");

    /// <summary>Null for what this version does not understand.</summary>
    public static Revocation? Parse(string message)
    {
        var parts = message.Split('|', 4);
        return parts.Length == 4
            && int.TryParse(parts[0], CultureInfo.InvariantCulture, out var kind)
            && long.TryParse(parts[1], CultureInfo.InvariantCulture, out var moment)
            && long.TryParse(parts[2], CultureInfo.InvariantCulture, out var expires)
                ? new Revocation(
                    new Revocation.Key((RevocationKind)kind, parts[3]),
                    DateTimeOffset.FromUnixTimeMilliseconds(moment),
                    DateTimeOffset.FromUnixTimeMilliseconds(expires))
                : null;
    }

    // The later end counts, as in the index.
    private static string Put(string kind, string id, string moment, string expiresAt) =>
        $"""
        INSERT INTO "Revocations" ("Kind", "Id", "Moment", "ExpiresAt") VALUES ({kind}, {id}, {moment}, {expiresAt})
        ON CONFLICT ("Kind", "Id") DO UPDATE SET
            "Moment" = CASE WHEN excluded."Moment" > "Revocations"."Moment" THEN excluded."Moment" ELSE "Revocations"."Moment" END,
            "ExpiresAt" = CASE WHEN excluded."ExpiresAt" > "Revocations"."ExpiresAt" THEN excluded."ExpiresAt" ELSE "Revocations"."ExpiresAt" END
        """;

    private static long Milliseconds(DateTimeOffset time) => time.AddTicks(TimeSpan.TicksPerMillisecond - 1).ToUnixTimeMilliseconds();

    private static DateTimeOffset Utc(DateTime stored) => new(DateTime.SpecifyKind(stored, DateTimeKind.Utc));
}
