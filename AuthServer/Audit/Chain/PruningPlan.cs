using System.Security.Cryptography;

namespace AuthServer.Audit.Chain;

/// <summary>What becomes of the events of one chain that are older than they are kept: those that it begins with are deleted whole,
/// of the others the place stays.</summary>
public sealed record PruningPlan
{
    private PruningPlan()
    {
    }

    public required string Writer { get; init; }

    /// <summary>Ids of the events that go, stubs of former times among them.</summary>
    public required IReadOnlyList<string> Deleted { get; init; }

    /// <summary>The last of them; null: none goes.</summary>
    public ChainPoint? Floor { get; init; }

    /// <summary>The events whose content goes.</summary>
    public required IReadOnlyList<PlacedEvent> Stubs { get; init; }

    /// <summary>People of whose removal these tell.</summary>
    public required IReadOnlyList<string> Removed { get; init; }

    /// <param name="floor">Where the chain begins now.</param>
    /// <param name="expired">Events of this chain.</param>
    /// <param name="stubs">Those behind the floor that are stubs already.</param>
    /// <param name="said">What checkpoints state of the chain.</param>
    /// <returns>Null: the events do not follow from the floor, or not to what was signed. They were tampered with, and are evidence.</returns>
    public static PruningPlan? Make(
        ChainPoint floor, string writer, IReadOnlyCollection<PlacedEvent> expired, IEnumerable<PlacedEvent> stubs, ChainStatements? said = null)
    {
        List<string> deleted = [];
        List<PlacedEvent> kept = [];
        Span<byte> expected = stackalloc byte[SHA256.HashSizeInBytes];
        var (reached, already) = (floor, stubs.ToDictionary(stub => stub.Id));
        foreach (var place in expired.Where(place => !already.ContainsKey(place.Id)).Concat(already.Values).OrderBy(place => place.Sequence))
        {
            if (place.Sequence == reached.Sequence + 1)
            {
                ChainHead.Link(reached.Hash, place.Digest, expected);
                reached = new ChainPoint(place.Sequence, place.Hash);
                if (!expected.SequenceEqual(place.Hash) || said?.Contradicts(reached) == true)
                {
                    return null;
                }

                deleted.Add(place.Id);
            }
            else if (!already.ContainsKey(place.Id))
            {
                kept.Add(place);
            }
        }

        return new PruningPlan
        {
            Writer = writer,
            Deleted = deleted,
            Floor = reached == floor ? null : reached,
            Stubs = kept,
            Removed = [.. expired.Select(place => place.Removed).OfType<string>()],
        };
    }
}
