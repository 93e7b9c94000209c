namespace AuthServer.Protocol.State;

/// <summary>What whoever uses a code or a refresh token must prove beside it (RFC 9449 §5, §10).</summary>
/// <param name="Key">The thumbprint of the one key; null: any key. A client that proves itself by other means may change its key, but what began
/// with a proof never goes on without one.</param>
public sealed record SenderConstraint(string? Key)
{
    /// <param name="provenKey">The key of the request's proof; null: it has none.</param>
    public OAuthError? Check(string? provenKey) =>
        provenKey is null ? OAuthError.InvalidGrant("dpop_proof_missing")
        : Key is null || Key == provenKey ? null
        : OAuthError.InvalidGrant("dpop_key_of_another");
}
