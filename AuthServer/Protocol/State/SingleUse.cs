namespace AuthServer.Protocol.State;

/// <summary>Something that may be used once: remembered until it could not be used anyway.</summary>
/// <param name="Handle">Callers may choose parts of it, of any length; stores keep its hash.</param>
public sealed record SingleUse(string Handle, DateTimeOffset ExpiresAt);
