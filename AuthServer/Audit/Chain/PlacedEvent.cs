namespace AuthServer.Audit.Chain;

/// <summary>An event without its content.</summary>
/// <param name="Removed">The person whose removal it tells of.</param>
public sealed record PlacedEvent(string Id, string Writer, long Sequence, byte[] Digest, byte[] Hash, string? Removed = null);
