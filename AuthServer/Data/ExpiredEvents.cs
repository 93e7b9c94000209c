using System.Data.Common;
using AuthServer.Audit;
using AuthServer.Audit.Chain;
using AuthServer.Protocol.State;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Data;

/// <summary>Finds, a portion at a time, what is older than it is kept.</summary>
internal sealed class ExpiredEvents(IDatabaseReader reader, IDbContextFactory<AuthDbContext> contexts)
{
    private const string Columns =
        $""" "Id", "Writer", "Sequence", "Digest", "Hash", CASE WHEN "Type" = '{AuditEventTypes.UserRemoved}' THEN "Subject" END""";

    // What says how long an organization keeps its part is kept itself, else anybody with the database could make it say less.
    private const string Changes = $""" "AuditEvents" WHERE "Type" = '{TrailEvents.RetentionChanged}'""";

    private static readonly Statement Organizations = new(
        $"""
        SELECT owner."Id", owner."AuditRetentionDays", said."Id" FROM "Organizations" AS owner
        LEFT JOIN (SELECT "OrganizationId", MAX("Id") AS "Id" FROM {Changes} GROUP BY "OrganizationId") AS said ON said."OrganizationId" = owner."Id"
        WHERE owner."AuditRetentionDays" IS NOT NULL OR said."Id" IS NOT NULL
        """);

    private static readonly Statement OfOrganization = new(
        $"""
        SELECT {Columns} FROM "AuditEvents"
        WHERE "OrganizationId" = $1 AND "Id" > $2 AND "Id" < $3 AND "Type" <> '{TrailEvents.RetentionChanged}' ORDER BY "Id" LIMIT 500
        """);

    private static readonly Statement Others = new(
        $"""
        SELECT {Columns} FROM "AuditEvents" AS event
        WHERE "Id" > $1 AND "Id" < $2 AND "Type" <> '' AND "Type" <> '{TrailEvents.RetentionChanged}'
            AND NOT EXISTS (SELECT 1 FROM "Organizations" AS owner WHERE owner."Id" = event."OrganizationId" AND owner."AuditRetentionDays" IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM {Changes} AND "OrganizationId" = event."OrganizationId")
        ORDER BY "Id" LIMIT 500
        """);

    private static readonly Statement Stubs = new(
        $"""
        SELECT {Columns} FROM "AuditEvents"
        WHERE "Type" = '' AND "Writer" = $1 AND "Sequence" > $2 ORDER BY "Sequence" LIMIT 1000
        """);

    /// <summary>The organizations that have, or had, a retention of their own, and the newest event that says so.</summary>
    public ValueTask<List<(string Id, int? Days, string? SaidBy)>> OrganizationsAsync(CancellationToken ct) => reader.ListAsync(
        Organizations, row => (row.GetString(0), row.IsDBNull(1) ? (int?)null : row.GetInt32(1), row.IsDBNull(2) ? null : row.GetString(2)), [], ct);

    public ValueTask<List<PlacedEvent>> OfOrganizationAsync(string organizationId, string after, string before, CancellationToken ct) =>
        reader.ListAsync(OfOrganization, Read, [organizationId, after, before], ct);

    /// <summary>Of nobody, and of organizations that never had a retention of their own.</summary>
    public ValueTask<List<PlacedEvent>> OthersAsync(string after, string before, CancellationToken ct) => reader.ListAsync(Others, Read, [after, before], ct);

    public ValueTask<List<PlacedEvent>> StubsAsync(string writer, long after, CancellationToken ct) => reader.ListAsync(Stubs, Read, [writer, after], ct);

    /// <summary>Events whose content is what their digest was made from; others are left out.</summary>
    public async Task<List<AuditEventRow>> SoundAsync(IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.AuditEvents.AsNoTracking().Where(row => ids.Contains(row.Id)).ToListAsync(ct);
        return rows.FindAll(row => EventDigest.Of(row).AsSpan().SequenceEqual(row.Digest));
    }

    private static PlacedEvent Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3), row.GetFieldValue<byte[]>(4), row.IsDBNull(5) ? null : row.GetString(5));
}
