using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AuthServer.Protocol.State;

namespace AuthServer.Protocol.Tokens;

/// <summary>What a DPoP proof says whose signature is that of the key it brings, and the rules that it must keep (RFC 9449 §4.3).</summary>
public sealed record DPoPProof
{
    /// <summary>The media type that tells it from every other JWT.</summary>
    public const string MediaType = "dpop+jwt";

    public const string Header = "DPoP";

    /// <summary>The authentication scheme, and the <c>token_type</c>.</summary>
    public const string Scheme = "DPoP";

    /// <summary>What clocks may differ by.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private const int LongestId = 256;

    /// <summary>RFC 7638, SHA-256, base64url.</summary>
    public required string KeyThumbprint { get; init; }

    public string? Id { get; init; }

    /// <summary><c>htm</c></summary>
    public string? Method { get; init; }

    /// <summary><c>htu</c></summary>
    public string? Address { get; init; }

    public DateTimeOffset? IssuedAt { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public string? Nonce { get; init; }

    /// <summary><c>ath</c></summary>
    public string? TokenHash { get; init; }

    /// <summary>What is wrong with it, in one word; null when nothing is. Its nonce, and whether it was used before, are for others to say.</summary>
    public string? Check(DPoPUse use, TimeSpan lifetime, DateTimeOffset now)
    {
        if (Id is null or { Length: 0 or > LongestId })
        {
            return "dpop_jti";
        }

        if (Method != use.Method)
        {
            return "dpop_htm";
        }

        if (Address is null || HttpAddress.Normalize(Address) is not { } address || address != HttpAddress.Normalize(use.Address))
        {
            return "dpop_htu";
        }

        // RFC 9449 §4.3: with an access token, the proof is for that token and no other.
        if (use.AccessToken is { } token && TokenHash != HashOf(token))
        {
            return "dpop_ath";
        }

        return CheckTime(lifetime, now);
    }

    /// <summary>Under which it is remembered: its id is its key's own, and nobody can use up another's.</summary>
    /// <param name="lifetime">As long as it may be used after it was made.</param>
    public SingleUse Use(TimeSpan lifetime) => new($"dpop:{KeyThumbprint}:{Id}", IssuedAt.GetValueOrDefault() + lifetime + Skew);

    public static string HashOf(string accessToken)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(accessToken), hash);
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>Whether it can be a SHA-256 thumbprint (RFC 7638), such as the authorization request's <c>dpop_jkt</c>.</summary>
    public static bool IsThumbprint(string text) => text.Length == 43 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private string? CheckTime(TimeSpan lifetime, DateTimeOffset now)
    {
        if (IssuedAt is not { } made)
        {
            return "dpop_iat";
        }

        // The clock is moved, not the proof's times: near the end of all dates they would overflow.
        return made < now - lifetime ? "dpop_too_old"
            : made > now + Skew || NotBefore > now + Skew ? "dpop_from_the_future"
            : ExpiresAt <= now - Skew ? "dpop_expired"
            : null;
    }
}

/// <summary>The one request that a proof must have been made for.</summary>
/// <param name="Method">In capitals, as HTTP has it.</param>
/// <param name="Address">Absolute; query and fragment do not count.</param>
/// <param name="AccessToken">That is presented with it; null: none is.</param>
public sealed record DPoPUse(string Method, string Address, string? AccessToken = null);
