namespace AuthServer.Protocol.Clients;

/// <summary>A client secret that this server generated: long and random, so that a plain hash of it is enough.</summary>
/// <param name="Hash">Base64 of the SHA-256 of the secret.</param>
/// <param name="ExpiresAt">Null: it does not expire.</param>
public sealed record GeneratedSecret(string Id, string Hash, DateTimeOffset? ExpiresAt);
