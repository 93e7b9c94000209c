namespace AuthServer.Audit.Chain;

/// <summary>An event without its content.</summary>
public sealed record PlacedEvent(string Id, string Writer, long Sequence, byte[] Digest, byte[] Hash);
