using AuthServer.Jose;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http.DPoP;

/// <summary>Verifies access tokens where they are used: at resources of ours. A token that is bound to a key is worth nothing without a proof of that
/// key for this very request (RFC 9449 §7).</summary>
public sealed class PresentedTokens(AccessTokens tokens, DPoPProofs proofs, SeenProofs seen)
{
    /// <summary>Why a bound token is refused that came as a bearer token.</summary>
    public const string BoundAsBearer = "dpop_token_as_bearer";

    private static readonly OAuthError Invalid = new("invalid_token", "The access token is missing, malformed, expired or revoked, or not for this endpoint.");

    /// <summary>The token's verdict, made once for a request: asked again, it is the same, and its proof is not taken for a replay.</summary>
    public async ValueTask<PresentedToken> VerifyAsync(HttpContext http, string token, CancellationToken ct)
    {
        if (http.Features.Get<PresentedToken>() is { } known && known.Token == token)
        {
            return known;
        }

        var claims = await tokens.VerifyAsync(token, ct);
        var error = claims is null ? Invalid
            : TokenHeader.IsByProof(http) ? await CheckProofAsync(http, token, claims, ct)
            : KeyOf(claims) is null ? null
            : Invalid with { Reason = BoundAsBearer };
        var presented = new PresentedToken(token, error is null ? claims : null, error);
        http.Features.Set(presented);
        return presented;
    }

    /// <summary>RFC 9449 §6.1: the thumbprint of the key that a token is bound to; null: it is a bearer token. What is bound in a way that is not known
    /// here is bound to no key that anybody has.</summary>
    public static string? KeyOf(JwtClaims claims) =>
        !claims.Has("cnf") ? null : claims.TryGetObject("cnf", out var confirmation) && confirmation.TryGetString("jkt", out var key) ? key : "";

    private async ValueTask<OAuthError?> CheckProofAsync(HttpContext http, string token, JwtClaims claims, CancellationToken ct)
    {
        if (KeyOf(claims) is not { } key)
        {
            return Invalid with { Reason = "bearer_token_as_dpop" };
        }

        if (proofs.ReadAtResource(http, token).Failed(out var error, out var proof))
        {
            return error;
        }

        return proof.KeyThumbprint != key ? Invalid with { Reason = "dpop_key_of_another" }
            : await seen.TryUseAsync(proof, http.Request.Method, proofs.Lifetime, ct) ? null
            : OAuthError.InvalidDPoPProof("dpop_proof_replayed");
    }
}
