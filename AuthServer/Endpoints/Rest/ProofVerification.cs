using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints.Rest;

/// <summary>Checks the DPoP proof of a request to an API, for the API that received it.</summary>
public sealed class ProofVerification(DPoPProofs proofs, SeenProofs seen)
{
    internal static bool IsWhole(VerifyProof said) =>
        !string.IsNullOrEmpty(said.Proof) && said.Proof.Length <= Jws.MaxTokenLength && said.Htm is { Length: > 0 and <= 40 } && said.Htu is not null
        && HttpAddress.Normalize(said.Htu) is not null;

    /// <summary>Null where the token is a bearer token or proven, or where the resource server will see to that itself.</summary>
    internal async ValueTask<Unproven?> CheckAsync(Verifier verifier, VerifyBody body, JwtClaims claims, CancellationToken ct)
    {
        var key = PresentedTokens.KeyOf(claims);
        if (body.Dpop is not { } said)
        {
            // Whoever is not known might take the yes for all that there is to know.
            return key is null || verifier.IsAuthenticated ? null : Unproven.Required;
        }

        if (key is null)
        {
            return Unproven.Invalid("bearer_token_as_dpop");
        }

        return proofs.Read(said.Proof!, new DPoPUse(said.Htm!, said.Htu!, body.Token), said.Nonce).Failed(out var error, out var proof) ? Unproven.Invalid(error.Reason!)
            : proof.KeyThumbprint != key ? Unproven.Invalid("dpop_key_of_another")
            : await seen.TryUseAsync(proof, said.Htm!, proofs.Lifetime, ct) ? null
            : Unproven.Invalid("dpop_proof_replayed");
    }
}

/// <summary>Why a token is refused that is bound to a key.</summary>
/// <param name="Code">The answer's.</param>
/// <param name="Sentence">For a resource server's developer.</param>
/// <param name="Reason">For the trail.</param>
internal sealed record Unproven(string Code, string Sentence, string Reason)
{
    public static Unproven Required { get; } = new("proof_required", "The token is bound to a key: it needs a proof.", "dpop_proof_missing");

    public static Unproven Invalid(string reason) => new("proof_invalid", "The proof is not one of the token's key for this request, or was used before.", reason);
}
