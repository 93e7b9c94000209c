using System.Security.Cryptography;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>Reads one JWK and says whether it is usable, to be ignored, or a reason to refuse the whole document.</summary>
internal static class JsonWebKeyParser
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 8192; // verification time grows with the square of this, and clients choose it
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    public enum Outcome
    {
        /// <summary>The document is not to be trusted at all.</summary>
        Refused,

        /// <summary>RFC 7517 §5: a key of a kind, size or use that is not ours; others in its set may be.</summary>
        Ignored,

        Usable,
    }

    public static Outcome Parse(JsonElement jwk, out JsonWebKey? key, out string? error)
    {
        key = null;
        if (jwk.ValueKind != JsonValueKind.Object)
            return Refuse("A JWK is a JSON object.", out error);
        try
        {
            return Read(jwk, out key, out error);
        }
        catch (InvalidOperationException) // a string that is no text, such as a lone surrogate
        {
            return Refuse("The JWK holds a string that is not valid text.", out error);
        }
        catch (CryptographicException) // the platform's word that a point is not on its curve
        {
            return Ignore("The JWK is not a valid public key.", out error);
        }
    }

    private static Outcome Read(JsonElement jwk, out JsonWebKey? key, out string? error)
    {
        key = null;
        if (HasDuplicate(jwk))
            return Refuse("The JWK has a duplicate member.", out error);
        // A published private key is lost, and a symmetric one would let its readers sign.
        foreach (var name in PrivateMembers)
        {
            if (jwk.TryGetProperty(name, out _))
                return Refuse("The JWK holds private or symmetric key material.", out error);
        }
        var type = Text(jwk, "kty");
        if (type == "oct")
            return Refuse("Symmetric keys are not accepted.", out error);
        if (!IsForVerifying(jwk))
            return Ignore("The JWK is not for signatures.", out error);
        if (!TryReadKeyId(jwk, out var keyId))
            return Ignore("The JWK has a \"kid\" that is too long or holds control characters.", out error);
        return type switch
        {
            "EC" => ReadCurve(jwk, keyId, out key, out error),
            "RSA" => ReadRsa(jwk, keyId, out key, out error),
            _ => Ignore("The JWK has an unsupported \"kty\"; EC and RSA are supported.", out error),
        };
    }

    private static Outcome ReadCurve(JsonElement jwk, string? keyId, out JsonWebKey? key, out string? error)
    {
        key = null;
        JwsAlgorithm? algorithm = Text(jwk, "crv") switch
        {
            "P-256" => JwsAlgorithm.ES256,
            "P-384" => JwsAlgorithm.ES384,
            _ => null,
        };
        if (algorithm is not { } known)
            return Ignore("The JWK has an unsupported \"crv\"; P-256 and P-384 are supported.", out error);
        // RFC 7518 §3.4: the curve decides the algorithm.
        if (jwk.TryGetProperty("alg", out _) && Text(jwk, "alg") != known.Name())
            return Ignore("The JWK's \"alg\" is unsupported or does not fit its curve.", out error);
        var (x, y) = (Octets(jwk, "x"), Octets(jwk, "y"));
        // RFC 7518 §6.2.1.2: a coordinate has the full length of its curve.
        if (x?.Length != known.CoordinateLength() || y?.Length != known.CoordinateLength())
            return Ignore("The JWK's coordinates are not canonical base64url of the curve's length.", out error);
        key = JsonWebKey.Create(known, keyId, new ECPoint { X = x, Y = y });
        error = null;
        return Outcome.Usable;
    }

    private static Outcome ReadRsa(JsonElement jwk, string? keyId, out JsonWebKey? key, out string? error)
    {
        key = null;
        JwsAlgorithm? algorithm = null;
        if (jwk.TryGetProperty("alg", out _))
        {
            if (!JwsAlgorithms.TryParse(Text(jwk, "alg"), out var named) || !named.IsRsa())
                return Ignore("The JWK's \"alg\" is unsupported or does not fit an RSA key.", out error);
            algorithm = named;
        }
        var (n, e) = (Octets(jwk, "n"), Octets(jwk, "e"));
        // RFC 7518 §6.3.1: as few octets as possible, so no leading zero.
        if (n is not [> 0, ..] || e is not [> 0, ..])
            return Ignore("The JWK's \"n\" and \"e\" are not canonical base64url.", out error);
        // RFC 7518 §3.3: 2048 bits or more.
        var bits = (n.Length * 8) - (byte.LeadingZeroCount(n[0]));
        if (bits is < MinRsaBits or > MaxRsaBits || (n[^1] & 1) == 0)
            return Ignore($"The JWK's modulus must be odd and have {MinRsaBits} to {MaxRsaBits} bits.", out error);
        if (e.Length > 4 || (e[^1] & 1) == 0 || e is [1])
            return Ignore("The JWK's exponent must be odd, 3 or more, and at most 32 bits.", out error);
        key = JsonWebKey.Create(algorithm, keyId, n, e);
        error = null;
        return Outcome.Usable;
    }

    // RFC 7517 §4.2, §4.3: a key says what it is for; one for encryption is not one for signatures.
    private static bool IsForVerifying(JsonElement jwk)
    {
        if (jwk.TryGetProperty("use", out _) && Text(jwk, "use") != "sig")
            return false;
        if (!jwk.TryGetProperty("key_ops", out var operations))
            return true;
        return operations.ValueKind == JsonValueKind.Array
            && operations.EnumerateArray().Any(o => o.ValueKind == JsonValueKind.String && o.ValueEquals("verify"u8));
    }

    private static bool TryReadKeyId(JsonElement jwk, out string? keyId)
    {
        keyId = Text(jwk, "kid");
        return keyId is null ? !jwk.TryGetProperty("kid", out _) : IsKeyId(keyId);
    }

    /// <summary>The "kid" values that tokens may name: 1 to 256 characters, no control characters.</summary>
    public static bool IsKeyId(string keyId) => keyId.Length is > 0 and <= JwsHeader.MaxKeyIdLength && !keyId.Any(char.IsControl);

    private static bool HasDuplicate(JsonElement jwk)
    {
        var names = new HashSet<string>();
        return jwk.EnumerateObject().Any(member => !names.Add(member.Name));
    }

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Octets(JsonElement jwk, string name) => Text(jwk, name) is { } text ? CanonicalBase64Url.Decode(text) : null;

    private static Outcome Refuse(string reason, out string? error)
    {
        error = reason;
        return Outcome.Refused;
    }

    private static Outcome Ignore(string reason, out string? error)
    {
        error = reason;
        return Outcome.Ignored;
    }
}
