using AuthServer.Protocol;
using AuthServer.Protocol.State;

namespace AuthServer.Data;

/// <summary>All that is ever taken out of the trail: a person's values when their account goes, and what is older than it is kept.
/// The chains still verify afterwards.</summary>
public sealed class AuditErasure(IDatabaseWriter writer, IDatabaseReader reader)
{
    private static readonly Statement Portion = new(
        """
        SELECT MAX("Id") FROM (SELECT "Id" FROM "AuditEvents" WHERE "Subject" = $1 AND "Subject" LIKE 'usr_%' AND "Id" > $2 ORDER BY "Id" LIMIT 500) AS portion
        """);

    private static readonly Statement ErasePersonal = new(
        """
        UPDATE "AuditEvents" SET "Address" = NULL, "UserAgent" = NULL, "Personal" = NULL, "Salt" = NULL
        WHERE "Subject" = $1 AND "Subject" LIKE 'usr_%' AND "Id" > $2 AND "Id" <= $3
        """);

    private static readonly Statement Unfinished = new(
        $"""SELECT DISTINCT "Subject" FROM "AuditEvents" WHERE "Id" > $1 AND "Type" = '{AuditEventTypes.UserRemoved}' AND "Salt" IS NOT NULL""");

    private static readonly Statement KeepPlace = new(
        """
        UPDATE "AuditEvents" SET "Type" = '', "Outcome" = '', "Subject" = NULL, "ClientId" = NULL, "AgentId" = NULL, "OrganizationId" = NULL, "Target" = NULL,
            "Reason" = NULL, "Scope" = NULL, "PolicyId" = NULL, "CorrelationId" = NULL, "Detail" = NULL, "Address" = NULL, "UserAgent" = NULL,
            "Personal" = NULL, "Salt" = NULL, "Commitment" = NULL
        WHERE "Id" = $1
        """);

    private static readonly Statement Delete = new("""DELETE FROM "AuditEvents" WHERE "Id" = $1""");

    // Most minutes have none, and no index leads to the old ones: it is done a few times a day.
    private static readonly Statement ForgetRefusals = new(
        """
        DELETE FROM "RefusalCounts" WHERE ("Kind", "Address", "Minute") IN
            (SELECT "Kind", "Address", "Minute" FROM "RefusalCounts" WHERE "Minute" < $1 LIMIT 500)
        """);

    /// <summary>Erases the address, program and other personal values of everything that a person did. Their id stays, which names nobody any
    /// more. It may be done again.</summary>
    /// <param name="subject"><c>usr_…</c></param>
    public async Task EraseAsync(string subject, CancellationToken ct)
    {
        // A little at a time, so that no request waits long for it.
        var last = "";
        while (await reader.FindAsync(Portion, row => row.IsDBNull(0) ? null : row.GetString(0), [subject, last], ct) is { } end)
        {
            var begin = last;
            await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(ErasePersonal, subject, begin, end) >= 0, ct);
            last = end;
        }
    }

    /// <summary>Erases what was left of people who were removed since then, where that was cut short: the event of the removal is erased last.</summary>
    public async Task FinishAsync(DateTimeOffset since, CancellationToken ct)
    {
        foreach (var subject in await reader.ListAsync(Unfinished, row => row.GetString(0), [Identifiers.First("aud_", since)], ct))
        {
            await EraseAsync(subject, ct);
        }
    }

    /// <summary>Deletes the counts of refusals before this moment.</summary>
    public async Task ForgetRefusalsAsync(DateTimeOffset before, CancellationToken ct)
    {
        while (await writer.TryWriteAsync(async transaction => await transaction.ExecuteAsync(ForgetRefusals, before) > 0, ct))
        {
        }
    }

    /// <summary>Nothing is left of an event but its place in the chain.</summary>
    internal static ValueTask<int> KeepPlaceAsync(WriteTransaction transaction, string id) => transaction.ExecuteAsync(KeepPlace, id);

    internal static ValueTask<int> DeleteAsync(WriteTransaction transaction, string id) => transaction.ExecuteAsync(Delete, id);
}
