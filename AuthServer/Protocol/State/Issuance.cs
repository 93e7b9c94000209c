namespace AuthServer.Protocol.State;

/// <summary>Everything that one answer of the token endpoint puts on disk. It is committed whole, before the answer leaves.</summary>
/// <param name="Event">The trail's record of the access token; its id is the token's <c>jti</c>.</param>
/// <param name="RefreshToken">The new refresh token, where one is given.</param>
/// <param name="Proof">The DPoP proof that the request came with; one that was used before stops the issuance.</param>
public sealed record Issuance(AuditEvent Event, RefreshToken? RefreshToken = null, SingleUse? Proof = null);
