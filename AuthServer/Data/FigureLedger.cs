using System.Data.Common;
using AuthServer.Figures;

namespace AuthServer.Data;

/// <summary>Reads what happened since the trail was counted last, and adds it up. What is added and how far was read are one commit, so that each event counts once,
/// whoever counts and whenever it ends.</summary>
public sealed class FigureLedger(IDatabaseWriter writer, IDatabaseReader reader)
{
    /// <summary>Most events of one portion.</summary>
    public const int Portion = 5000;

    private const string Name = "figures";

    private static readonly Statement Progress = new("""SELECT "ReadTo" FROM "FigureProgress" WHERE "Id" = 1""");

    private static readonly Statement SetProgress = new(
        """INSERT INTO "FigureProgress" ("Id", "ReadTo") VALUES (1, $1) ON CONFLICT ("Id") DO UPDATE SET "ReadTo" = excluded."ReadTo" """);

    private static readonly Statement News = new(
        $"""
        SELECT "Id", "At", "Type", "Outcome", "ClientId", "AgentId", "OrganizationId", "Reason", "PolicyId", "Scope", "Detail" FROM "AuditEvents"
        WHERE "Id" > $1 AND "Id" < $2 AND ("Type" || '' IN ({TrailFigures.CountedTypes}) OR "Outcome" || '' = 'denied') ORDER BY "Id" LIMIT 5000
        """);

    private static readonly Statement Add = new(
        """
        INSERT INTO "HourFigures" ("OrganizationId", "Kind", "Hour", "Word", "Count") VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT ("OrganizationId", "Kind", "Hour", "Word") DO UPDATE SET "Count" = "HourFigures"."Count" + excluded."Count"
        """);

    private static readonly Statement Use = new(
        """
        INSERT INTO "ClientUses" ("ClientId", "LastAt") VALUES ($1, $2)
        ON CONFLICT ("ClientId") DO UPDATE SET "LastAt" = excluded."LastAt" WHERE "ClientUses"."LastAt" < excluded."LastAt"
        """);

    private static readonly Statement PruneDetails = new($"""DELETE FROM "HourFigures" WHERE "Hour" < $1 AND ("OrganizationId" <> '' OR "Kind" = '{FigureKinds.Agents}')""");

    private static readonly Statement PruneAll = new("""DELETE FROM "HourFigures" WHERE "Hour" < $1""");

    /// <summary>The id of the trail up to which everything was counted; empty: nothing was.</summary>
    public async ValueTask<string> ReadToAsync(CancellationToken ct) => await reader.FindAsync(Progress, row => row.GetString(0), [], ct) ?? "";

    /// <summary>The next events that count, in the order of their ids; fewer than <see cref="Portion"/>: there are no more.</summary>
    public ValueTask<List<CountedEvent>> NewsAsync(string after, string before, CancellationToken ct) => reader.ListAsync(News, Read, [after, before], ct);

    /// <summary>False, with nothing added: somebody else has counted from there meanwhile.</summary>
    public Task<bool> TryAddAsync(string readFrom, string readTo, FigureSums sums, CancellationToken ct) => writer.TryWriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(Name);
            var known = await transaction.QueryAsync(Progress, row => row.GetString(0));
            if ((known is [var at] ? at : "") != readFrom)
            {
                return false;
            }

            await AddAsync(transaction, sums);
            await transaction.ExecuteAsync(SetProgress, readTo);
            return true;
        },
        ct);

    /// <summary>Adds what was not counted of the trail.</summary>
    public Task AddAsync(FigureSums sums, CancellationToken ct) => writer.TryWriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(Name);
            await AddAsync(transaction, sums);
            return true;
        },
        ct);

    /// <param name="details">What is older of single organizations and agents goes.</param>
    /// <param name="all">What is older of anything goes.</param>
    public Task PruneAsync(DateTimeOffset details, DateTimeOffset all, CancellationToken ct) => writer.TryWriteAsync(
        async transaction =>
        {
            await transaction.LockAsync(Name);
            return await transaction.ExecuteAsync(PruneDetails, details) + await transaction.ExecuteAsync(PruneAll, all) > 0;
        },
        ct);

    private static async ValueTask AddAsync(WriteTransaction transaction, FigureSums sums)
    {
        foreach (var ((organizationId, kind, hour, word), count) in sums.Counts)
        {
            await transaction.ExecuteAsync(Add, organizationId, kind, hour, word, count);
        }

        foreach (var (clientId, at) in sums.Uses)
        {
            await transaction.ExecuteAsync(Use, clientId, at);
        }
    }

    private static CountedEvent Read(DbDataReader row) => new(
        row.GetString(0), new DateTimeOffset(DateTime.SpecifyKind(row.GetDateTime(1), DateTimeKind.Utc)), row.GetString(2), row.GetString(3),
        Text(row, 4), Text(row, 5), Text(row, 6), Text(row, 7), Text(row, 8), Text(row, 9), Text(row, 10));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
