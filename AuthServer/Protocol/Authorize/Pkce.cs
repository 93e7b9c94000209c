using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AuthServer.Protocol.Authorize;

/// <summary>Proof key for code exchange (RFC 7636), S256 only.</summary>
public static class Pkce
{
    public const string Method = "S256";

    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>At the authorization endpoint.</summary>
    public static OAuthError? CheckChallenge(string? challenge, string? method, bool required)
    {
        if (challenge is null)
        {
            return method is not null || required
                ? OAuthError.InvalidRequest("A code_challenge with code_challenge_method=S256 is required.")
                : null;
        }

        // RFC 7636 §4.3: an absent method means plain, which protects nothing that the address bar does not show.
        if (method != Method)
        {
            return OAuthError.InvalidRequest("code_challenge_method must be S256.");
        }

        // RFC 7636 §4.2: the base64url of a SHA-256 is 43 characters, the last of which has two spare bits.
        return challenge.Length == 43 && Base64Url.IsValid(challenge, out var length) && length == 32
            ? null
            : OAuthError.InvalidRequest("code_challenge is not the base64url of a SHA-256 hash.");
    }

    /// <summary>At the token endpoint. A challenge that was sent is always enforced, and a verifier without one is refused:
    /// else a code whose challenge was stripped could be redeemed (RFC 9700 §4.8.2).</summary>
    public static OAuthError? CheckVerifier(string? challenge, string? verifier)
    {
        if (challenge is null)
        {
            return verifier is null ? null : OAuthError.InvalidGrant("verifier_without_challenge");
        }

        if (verifier is null)
        {
            return OAuthError.InvalidGrant("verifier_missing");
        }

        // RFC 7636 §4.1: 43 to 128 unreserved characters.
        if (verifier.Length is < 43 or > 128 || verifier.AsSpan().IndexOfAnyExcept(Unreserved) >= 0)
        {
            return OAuthError.InvalidGrant("verifier_malformed");
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(verifier), hash);
        Span<byte> computed = stackalloc byte[43];
        Base64Url.EncodeToUtf8(hash, computed);
        return CryptographicOperations.FixedTimeEquals(computed, Encoding.ASCII.GetBytes(challenge))
            ? null
            : OAuthError.InvalidGrant("verifier_mismatch");
    }
}
