using System.Data.Common;
using AuthServer.Audit.Chain;
using AuthServer.Data;
using AuthServer.Keys;
using AuthServer.Protocol;

namespace AuthServer.Audit;

/// <summary>How far the trail is under signed checkpoints, for those who read it. Whether it is still as it was written, only a verification of all of it says.</summary>
public sealed class TrailSeals(IDatabaseReader reader, SigningKeys keys)
{
    private static readonly Statement Newest = new("""SELECT "Id", "Node", "Token" FROM "AuditCheckpoints" ORDER BY "Id" DESC LIMIT 1""");

    // The one that names the event's chain comes within a minute; other nodes make some meanwhile.
    private static readonly Statement After = new("""SELECT "Id", "Node", "Token" FROM "AuditCheckpoints" WHERE "Id" > $1 ORDER BY "Id" LIMIT 64""");

    private static readonly Statement Place = new("""SELECT "Writer", "Sequence", "Hash" FROM "AuditEvents" WHERE "Id" = $1 AND "Type" <> ''""");

    /// <summary>The newest checkpoint that can be believed; null: there is none yet.</summary>
    public async Task<TrailSeal?> NewestAsync(CancellationToken ct) =>
        await reader.FindAsync(Newest, Read, [], ct) is { } stored && Believed([stored]) is [var checkpoint] ? TrailSeal.Of(checkpoint) : null;

    /// <summary>Where an event stands in its chain; null: it is not kept any more.</summary>
    public async Task<EventPlace?> PlaceAsync(string eventId, CancellationToken ct)
    {
        if (await reader.FindAsync(Place, row => new EventPlace(row.GetString(0), row.GetInt64(1), Convert.ToHexStringLower(row.GetFieldValue<byte[]>(2)), null), [eventId], ct) is not { } place)
        {
            return null;
        }

        var since = Identifiers.TimeOf("aud_", eventId) is { } at ? Identifiers.First("chk_", at) : "";
        var sealing = Believed(await reader.ListAsync(After, Read, [since], ct))
            .OrderBy(checkpoint => checkpoint.Id, StringComparer.Ordinal)
            .FirstOrDefault(checkpoint => checkpoint.Heads.TryGetValue(place.Writer, out var text) && ChainPoint.Parse(text)?.Sequence >= place.Sequence);
        return place with { Seal = sealing is null ? null : TrailSeal.Of(sealing) };
    }

    private List<Checkpoint> Believed(IReadOnlyList<StoredCheckpoint> stored) => [.. new CheckpointBook(stored, keys.Verification.Candidates).Believed];

    private static StoredCheckpoint Read(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetString(2));
}

/// <summary>A signed checkpoint: what it covers cannot be changed afterwards without that being found.</summary>
public sealed record TrailSeal(string CheckpointId, DateTimeOffset At)
{
    internal static TrailSeal Of(Checkpoint checkpoint) => new(checkpoint.Id, DateTimeOffset.FromUnixTimeSeconds(checkpoint.At));
}

/// <param name="Writer">The chain's name.</param>
/// <param name="Sequence">Its place there, from 1.</param>
/// <param name="Hash">In hexadecimal: over the event and all before it in its chain.</param>
/// <param name="Seal">The checkpoint that covers it; null: none does that is known here.</param>
public sealed record EventPlace(string Writer, long Sequence, string Hash, TrailSeal? Seal);
