using AuthServer.Http;
using AuthServer.Jose;

namespace AuthServer.Certificates;

/// <summary>Verifies JWTs that an organization's own programs signed with one of its certificates, as good as an access token of ours for an hour at most.</summary>
public sealed class CertificateTokens(LiveCertificates certificates, IssuerUri issuer, TimeProvider clock)
{
    private static readonly JwsTyp Typ = JwsTyp.JwtOrAbsent;

    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(1);

    /// <summary>What a JWT claims to be: null where its header names no certificate, and somebody else must say what it is.</summary>
    public static string? KeyIdOf(string token)
    {
        string? named = null;
        Jws.Verify(token, Typ, keyId =>
        {
            named = keyId;
            return [];
        });
        return Certificate.IdOf(named) is null ? null : named;
    }

    /// <summary>Whether this process has seen the certificate that it names.</summary>
    public bool Remembers(string token) => certificates.Remembers(KeyIdOf(token));

    /// <summary>Its certificate while both live; null, and in one word why, for everything else.</summary>
    public async ValueTask<(SignedToken? Token, string? Fault)> VerifyAsync(string token, CancellationToken ct)
    {
        if (await certificates.FindAsync(KeyIdOf(token), ct) is not { } live)
        {
            return (null, "certificate");
        }

        return Jws.Verify(token, Typ, _ => [live.Key]).Claims is not { } claims ? (null, "certificate_signature")
            : FaultOf(claims, live.Certificate.OrganizationId) is { } fault ? (null, fault)
            : (new SignedToken(live.Certificate, claims), null);
    }

    private string? FaultOf(JwtClaims claims, string organizationId)
    {
        var now = clock.GetUtcNow();
        DateTimeOffset? Time(string name) => claims.TryGetNumericDate(name, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

        // One audience, as one string: a list would let another server that it names use it here.
        return !claims.StringEquals("iss", organizationId) || !claims.StringEquals("sub", organizationId) ? "certificate_subject"
            : !claims.StringEquals("aud", issuer.Value) ? "certificate_audience"
            : Time("exp") is not { } expires || expires <= now ? "certificate_token_expired"
            : expires > now + LongestLife + Skew ? "certificate_token_too_long"
            : Time("iat") > now + Skew || Time("nbf") > now + Skew ? "certificate_token_from_the_future"

            // What it says of keys that must be shown, or of rights in detail, is not understood here: nothing is left out of it in silence.
            : claims.Has("cnf") || claims.Has("authorization_details") ? "certificate_token_bound"
            : null;
    }
}

/// <summary>A JWT that a certificate signed, and the certificate.</summary>
public sealed record SignedToken(Certificate Certificate, JwtClaims Claims)
{
    /// <summary>How long its id must be remembered where it may be used once.</summary>
    public DateTimeOffset RememberUntil => Claims.TryGetNumericDate("exp", out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.MaxValue;
}
