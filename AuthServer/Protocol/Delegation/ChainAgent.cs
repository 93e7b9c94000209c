namespace AuthServer.Protocol.Delegation;

/// <summary>An agent on the way from the principal to who acts, as a chain names it.</summary>
/// <param name="KeyThumbprint">Of its registered key (RFC 7638); null: it has none, and no chain leads through it.</param>
public sealed record ChainAgent(string ClientId, string? KeyThumbprint);
