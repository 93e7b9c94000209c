using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AuthServer.Data;
using AuthServer.Protocol;

namespace AuthServer.Audit;

/// <summary>Reads the trail, for pages, the API and tools alike. Whoever asks says for whom: a filter without organization, agent and person reads
/// everybody's events.</summary>
public sealed class AuditQuery(IDatabaseReader reader)
{
    /// <summary>Most events of one part.</summary>
    public const int Most = 200;

    /// <summary>What tells of things whose end leaves nothing else, and whose they were: the condition of the index that leads to it.</summary>
    internal const string OfGone =
        "\"Type\" LIKE '%.deleted' OR (\"Type\" LIKE 'approval.%' AND \"Type\" <> 'approval.used') OR \"Type\" IN ('account.connected', 'member.removed', 'organization.closed')";

    private const int MostOfGone = 50;

    internal static readonly Statement Gone = new(
        $"""SELECT {AuditSelection.Columns} FROM "AuditEvents" WHERE "Target" = $1 AND ({OfGone}) AND ($2 = '' OR "OrganizationId" || '' = $2) ORDER BY "Id" DESC LIMIT {MostOfGone}""");

    private static readonly Statement One = new($"SELECT {AuditSelection.Columns} FROM \"AuditEvents\" WHERE \"Id\" = $1 AND \"Type\" <> ''");

    /// <summary>Whether a caller's cursor is one of ours.</summary>
    public static bool IsCursor(string text) => Identifiers.ToUuid("aud_", text) is not null;

    public async Task<AuditPart> FindAsync(AuditFilter filter, int limit, CancellationToken ct)
    {
        var selection = new AuditSelection(filter);
        string? rest = null;
        if (selection.HasRest)
        {
            var (place, given) = selection.RestingPlace();
            rest = await reader.FindAsync(place, row => row.GetString(0), given, ct);
        }

        limit = Math.Clamp(limit, 1, Most);
        var (statement, values) = selection.Entries(rest, limit + 1);
        var found = await reader.ListAsync(statement, Read, values, ct);
        return found.Count > limit ? new AuditPart(found[..limit], found[limit - 1].Id) : new AuditPart(found, rest);
    }

    /// <summary>One event, whoever's it is; null where it is not kept any more.</summary>
    public ValueTask<AuditEntry?> GetAsync(string id, CancellationToken ct) => reader.FindAsync(One, Read, [id], ct);

    /// <summary>What is told of one thing that may be gone: its end, its approval, its connecting. Newest first, and of old ones not all.</summary>
    /// <param name="target">Its id, or its name where it has none.</param>
    /// <param name="organizationId">Whose it was; null: whosever it was.</param>
    public async Task<IReadOnlyList<AuditEntry>> OfGoneAsync(string target, string? organizationId, CancellationToken ct) =>
        await reader.ListAsync(Gone, Read, [target, organizationId ?? ""], ct);

    /// <summary>All of them, a part at a time.</summary>
    public async IAsyncEnumerable<AuditEntry> AllAsync(AuditFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var part = await FindAsync(filter, Most, ct); ; part = await FindAsync(filter with { Cursor = part.NextCursor }, Most, ct))
        {
            foreach (var entry in part.Entries)
            {
                yield return entry;
            }

            if (part.NextCursor is null)
            {
                yield break;
            }
        }
    }

    private static AuditEntry Read(DbDataReader row) => new(
        row.GetString(0),
        new DateTimeOffset(DateTime.SpecifyKind(row.GetDateTime(1), DateTimeKind.Utc)),
        row.GetString(2),
        row.GetString(3),
        Text(row, 4),
        Text(row, 5) is { } subject && subject.StartsWith("usr_", StringComparison.Ordinal) ? subject : null,
        Text(row, 6),
        Text(row, 7),
        Text(row, 8),
        Text(row, 9),
        Text(row, 10),
        Text(row, 11),
        Text(row, 12),
        Text(row, 13),
        Text(row, 14),
        Json(row, 15),
        Json(row, 16));

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static JsonElement? Json(DbDataReader row, int column)
    {
        try
        {
            return Text(row, column) is { } json ? JsonElement.Parse(json) : null;
        }
        catch (JsonException)
        {
            // Somebody else wrote it; the rest of the trail is readable all the same.
            return null;
        }
    }
}
