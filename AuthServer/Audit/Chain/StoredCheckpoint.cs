namespace AuthServer.Audit.Chain;

/// <summary>A checkpoint as it is read back: not yet believed.</summary>
/// <param name="Token">The JWS.</param>
public sealed record StoredCheckpoint(string Id, string Node, string Token);
