using System.Data.Common;
using AuthServer.Audit.Chain;

namespace AuthServer.Data;

/// <summary>Finds, a portion at a time, what is older than it is kept.</summary>
internal sealed class ExpiredEvents(IDatabaseReader reader)
{
    private static readonly Statement Organizations = new(
        """SELECT "Id", "AuditRetentionDays" FROM "Organizations" WHERE "AuditRetentionDays" IS NOT NULL""");

    private static readonly Statement OfOrganization = new(
        """
        SELECT "Id", "Writer", "Sequence", "Digest", "Hash" FROM "AuditEvents"
        WHERE "OrganizationId" = $1 AND "Id" > $2 AND "Id" < $3 ORDER BY "Id" LIMIT 500
        """);

    private static readonly Statement Others = new(
        """
        SELECT "Id", "Writer", "Sequence", "Digest", "Hash" FROM "AuditEvents" AS event
        WHERE "Id" > $1 AND "Id" < $2 AND "Type" <> ''
            AND NOT EXISTS (SELECT 1 FROM "Organizations" AS owner WHERE owner."Id" = event."OrganizationId" AND owner."AuditRetentionDays" IS NOT NULL)
        ORDER BY "Id" LIMIT 500
        """);

    private static readonly Statement Stubs = new(
        """
        SELECT "Id", "Writer", "Sequence", "Digest", "Hash" FROM "AuditEvents"
        WHERE "Type" = '' AND "Writer" = $1 AND "Sequence" > $2 ORDER BY "Sequence" LIMIT 1000
        """);

    /// <summary>The organizations that have a retention of their own, and how long it is.</summary>
    public ValueTask<List<(string Id, TimeSpan Retention)>> OrganizationsAsync(CancellationToken ct) =>
        reader.ListAsync(Organizations, row => (row.GetString(0), TimeSpan.FromDays(row.GetInt32(1))), [], ct);

    public ValueTask<List<PlacedEvent>> OfOrganizationAsync(string organizationId, string after, string before, CancellationToken ct) =>
        reader.ListAsync(OfOrganization, Read, [organizationId, after, before], ct);

    /// <summary>Of nobody, and of organizations without a retention of their own.</summary>
    public ValueTask<List<PlacedEvent>> OthersAsync(string after, string before, CancellationToken ct) => reader.ListAsync(Others, Read, [after, before], ct);

    public ValueTask<List<PlacedEvent>> StubsAsync(string writer, long after, CancellationToken ct) => reader.ListAsync(Stubs, Read, [writer, after], ct);

    private static PlacedEvent Read(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4));
}
