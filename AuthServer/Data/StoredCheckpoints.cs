using System.Data.Common;
using AuthServer.Audit.Chain;

namespace AuthServer.Data;

/// <summary>The checkpoints of the trail as rows, and what they are made from.</summary>
internal sealed class StoredCheckpoints(IDatabaseWriter writer, IDatabaseReader reader)
{
    /// <summary>Most checkpoints that <see cref="RecentAsync"/> answers.</summary>
    public const int MostRecent = 256;

    private static readonly Statement Insert = new("""INSERT INTO "AuditCheckpoints" ("Id", "Node", "Token") VALUES ($1, $2, $3)""");

    private static readonly Statement Recent = new(
        """SELECT "Id", "Node", "Token" FROM "AuditCheckpoints" WHERE "Id" > $1 ORDER BY "Id" DESC LIMIT 256""");

    private static readonly Statement All = new("""SELECT "Id", "Node", "Token" FROM "AuditCheckpoints" ORDER BY "Id" """);

    private static readonly Statement Delete = new("""DELETE FROM "AuditCheckpoints" WHERE "Id" = $1""");

    private static readonly Statement Ends = new(
        """
        SELECT event."Writer", event."Sequence", event."Hash" FROM "AuditEvents" AS event
        JOIN (SELECT "Writer", MAX("Sequence") AS "Sequence" FROM "AuditEvents" WHERE "Id" > $1 AND "Id" < $2 GROUP BY "Writer") AS last
            ON event."Writer" = last."Writer" AND event."Sequence" = last."Sequence"
        WHERE event."Id" > $1 AND event."Id" < $2
        """);

    /// <summary>Stores a checkpoint; and, in the same commit, what it speaks of.</summary>
    public Task AddAsync(StoredCheckpoint checkpoint, Func<WriteTransaction, ValueTask>? change, CancellationToken ct) => writer.TryWriteAsync(
        async transaction =>
        {
            await transaction.ExecuteAsync(Insert, checkpoint.Id, checkpoint.Node, checkpoint.Token);
            if (change is not null)
            {
                await change(transaction);
            }

            return true;
        },
        ct);

    /// <summary>The newest after this id, newest first.</summary>
    public ValueTask<List<StoredCheckpoint>> RecentAsync(string after, CancellationToken ct) => reader.ListAsync(Recent, Read, [after], ct);

    public ValueTask<List<StoredCheckpoint>> AllAsync(CancellationToken ct) => reader.ListAsync(All, Read, [], ct);

    public static ValueTask<int> DeleteAsync(WriteTransaction transaction, string id) => transaction.ExecuteAsync(Delete, id);

    /// <summary>The last event of each chain among those with ids between these two.</summary>
    public ValueTask<List<ChainHead>> EndsAsync(string after, string before, CancellationToken ct) => reader.ListAsync(Ends, ReadHead, [after, before], ct);

    internal static StoredCheckpoint Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2));

    private static ChainHead ReadHead(DbDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetFieldValue<byte[]>(2));
}
