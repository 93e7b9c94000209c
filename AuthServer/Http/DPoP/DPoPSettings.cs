namespace AuthServer.Http.DPoP;

/// <summary>How fresh a DPoP proof must be.</summary>
/// <param name="ProofLifetime">How long after it was made it is accepted, and its id remembered.</param>
/// <param name="NonceLifetime">How long a nonce is accepted at most.</param>
/// <param name="RequireNonce">Where a proof must hold a nonce of this server. Elsewhere it may, and is refused if it is a wrong one.</param>
public sealed record DPoPSettings(TimeSpan ProofLifetime, TimeSpan NonceLifetime, NonceRequirement RequireNonce);

/// <summary>Where proofs need a nonce.</summary>
public enum NonceRequirement
{
    Never,
    TokenEndpoint,
    Everywhere,
}
