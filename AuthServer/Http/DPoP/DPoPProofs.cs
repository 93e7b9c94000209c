using AuthServer.Jose;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace AuthServer.Http.DPoP;

/// <summary>Reads the DPoP proof of a request, and holds it to RFC 9449 §4.3: who sends it has the key, and made it for this request, just now.
/// Whether it was used before is for whoever acts on it to claim.</summary>
public sealed class DPoPProofs(DPoPNonces nonces, DPoPSettings settings, IssuerUri issuer, TimeProvider clock)
{
    public const string NonceHeader = "DPoP-Nonce";

    /// <summary>RFC 9449 §7.1: what discovery lists too.</summary>
    public static string Algorithms { get; } = string.Join(' ', JwsAlgorithms.Names);

    private static readonly JwsTyp Type = JwsTyp.Of(DPoPProof.MediaType);

    public TimeSpan Lifetime => settings.ProofLifetime;

    public static bool IsPresent(HttpContext http) => http.Request.Headers.ContainsKey(DPoPProof.Header);

    /// <summary>For a token request.</summary>
    public Result<DPoPProof> ReadAtTokenEndpoint(HttpContext http) => Read(http, null, settings.RequireNonce != NonceRequirement.Never);

    /// <summary>For a request to a resource of ours with this access token.</summary>
    public Result<DPoPProof> ReadAtResource(HttpContext http, string accessToken) => Read(http, accessToken, settings.RequireNonce == NonceRequirement.Everywhere);

    /// <summary>A proof that somebody else received, for a request to them. Their nonces are theirs to check, unless they say which one it must have.</summary>
    public Result<DPoPProof> Read(string proof, DPoPUse use, string? nonce)
    {
        if (Verify(proof, use).Failed(out var error, out var proven))
        {
            return error;
        }

        return nonce is null || proven.Nonce == nonce ? proven : OAuthError.InvalidDPoPProof("dpop_nonce");
    }

    private Result<DPoPProof> Read(HttpContext http, string? accessToken, bool needsNonce)
    {
        // RFC 9449 §4.3: not more than one; several in one line make no JWT.
        if (http.Request.Headers[DPoPProof.Header] is not [{ } value])
        {
            return OAuthError.InvalidDPoPProof(IsPresent(http) ? "dpop_several" : "dpop_proof_missing");
        }

        if (Verify(value, new DPoPUse(http.Request.Method, AddressOf(http), accessToken)).Failed(out var error, out var proof))
        {
            return error;
        }

        var now = clock.GetUtcNow();
        var current = nonces.Current(now);

        // RFC 9449 §8.2: whoever does not have the newest one is given it, with whatever answer.
        if (proof.Nonce != current)
        {
            http.Response.Headers[NonceHeader] = current;
        }

        return proof.Nonce is null ? (needsNonce ? OAuthError.UseDPoPNonce("dpop_nonce_missing") : proof)
            : nonces.Accepts(proof.Nonce, now) ? proof
            : OAuthError.UseDPoPNonce("dpop_nonce");
    }

    private Result<DPoPProof> Verify(string value, DPoPUse use)
    {
        var result = Jws.VerifySelfSigned(value, Type);
        if (!result.IsValid)
        {
            return OAuthError.InvalidDPoPProof(ReasonOf(result.Failure));
        }

        var proof = Describe(result.Claims, result.Key.Thumbprint);
        return proof.Check(use, settings.ProofLifetime, clock.GetUtcNow()) is { } fault ? OAuthError.InvalidDPoPProof(fault) : proof;
    }

    private static string ReasonOf(JwsFailure? failure) => failure switch
    {
        JwsFailure.AlgorithmNotAllowed or JwsFailure.AlgorithmMismatch => "dpop_alg",
        JwsFailure.EmbeddedKey => "dpop_jwk",
        JwsFailure.TypMismatch => "dpop_typ",
        JwsFailure.BadSignature => "dpop_signature",
        _ => "dpop_malformed",
    };

    private static DPoPProof Describe(JwtClaims claims, string thumbprint)
    {
        return new DPoPProof
        {
            KeyThumbprint = thumbprint,
            Id = claims.Text("jti"),
            Method = claims.Text("htm"),
            Address = claims.Text("htu"),
            IssuedAt = claims.Time("iat"),
            NotBefore = claims.Time("nbf"),
            ExpiresAt = claims.Time("exp"),

            // A nonce that is no text is none of ours.
            Nonce = claims.Text("nonce") ?? (claims.Has("nonce") ? "" : null),
            TokenHash = claims.Text("ath"),
        };
    }

    /// <summary>As the sender wrote it, below the issuer's own name: what another server was sent is not for this one, whatever its Host says.</summary>
    private string AddressOf(HttpContext http) =>
        http.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] target ? issuer.At(target) : issuer.At(http.Request.Path.ToUriComponent());
}
