using System.Security.Cryptography;
using System.Text;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Jose;

namespace AuthServer.ExternalSignIn;

/// <summary>What an ID token has to say (OpenID Connect Core §3.1.3.7), after its signature was verified by a key that the issuer publishes.</summary>
/// <param name="Nonce">Of the request.</param>
/// <param name="BegunAt">A token that was made before the request answers another one.</param>
public sealed record ExpectedIdToken(ExternalProvider Provider, string Nonce, string AccessToken, DateTimeOffset BegunAt)
{
    /// <summary>How far the provider's clock may be from ours.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private const int LongestSubject = 255;
    private const int LongestName = 200;

    /// <summary>Who it is about, or one word for what is wrong.</summary>
    public (ExternalIdentity? Identity, string? Wrong) Read(JwtClaims claims, JsonWebKey key, DateTimeOffset now)
    {
        if (Wrong(claims, key, now) is { } wrong)
        {
            return (null, wrong);
        }

        if (SubjectOf(claims) is not { } subject)
        {
            return (null, "subject");
        }

        var email = EmailAddress.Read(claims.Text("email"));
        return (new ExternalIdentity(claims.Text("iss")!, subject, email, email is not null && IsVerified(claims), NameOf(claims), claims.Time("auth_time")), null);
    }

    private string? Wrong(JwtClaims claims, JsonWebKey key, DateTimeOffset now) =>
        // 2.: exactly, to the last slash.
        !claims.TryGetString("iss", out var issuer) || !Provider.Accepts(issuer, claims.Text("tid")) ? "issuer"

        // 3.: made for us, and for nobody else whom we would have to trust.
        : !claims.TryGetStrings("aud", out var audiences) || audiences is not [var audience] || audience != Provider.ClientId ? "audience"

        // 4., 5.
        : claims.Has("azp") && !claims.StringEquals("azp", Provider.ClientId) ? "azp"
        : claims.Time("exp") is not { } expires || now - Skew >= expires ? "expired"
        : claims.Time("iat") is not { } issued || issued > now + Skew || issued < BegunAt - Skew ? "issued_at"
        : claims.Time("nbf") is { } from && from > now + Skew ? "not_yet"

        // 11.
        : !claims.TryGetString("nonce", out var nonce) || !SameText(nonce, Nonce) ? "nonce"

        // §3.1.3.8: where it is given, it must fit.
        : claims.Has("at_hash") && !claims.StringEquals("at_hash", key.Algorithm.HalfHash(AccessToken)) ? "at_hash"
        : claims.Has("auth_time") && claims.Time("auth_time") is null ? "auth_time"
        : null;

    /// <summary>Each part, or none of it: half a key could be somebody else's.</summary>
    private string? SubjectOf(JwtClaims claims)
    {
        // §2: sub is at most 255 ASCII characters, and is there in any case.
        if (claims.Text("sub") is not { Length: > 0 and <= LongestSubject })
        {
            return null;
        }

        var parts = Provider.SubjectClaims.Select(claims.Text).ToList();
        return parts.TrueForAll(part => part is { Length: > 0 and <= LongestSubject } && !part.Any(c => c is < '!' or > '~')) ? string.Join(':', parts) : null;
    }

    /// <summary>Some write the word. Entra's <c>email</c> is whatever an administrator typed, unless <c>xms_edov</c> says that the domain's owner was asked.</summary>
    private static bool IsVerified(JwtClaims claims) => IsTrue(claims, "email_verified") || IsTrue(claims, "xms_edov");

    private static bool IsTrue(JwtClaims claims, string name) =>
        (claims.TryGetBoolean(name, out var said) && said) || claims.StringEquals(name, "true") || claims.StringEquals(name, "1") || (claims.TryGetLong(name, out var number) && number == 1);

    private static string? NameOf(JwtClaims claims)
    {
        var name = new string([.. (claims.Text("name") ?? "").Where(c => !char.IsControl(c))]).Trim();
        return name.Length <= LongestName && VisibleText.IsSeen(name) ? name : null;
    }

    private static bool SameText(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));
}
