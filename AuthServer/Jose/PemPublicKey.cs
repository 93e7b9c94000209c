using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>A public key as PEM, rewritten as a JWK, so that one set of rules holds for both.</summary>
internal static class PemPublicKey
{
    private const string Label = "PUBLIC KEY";
    private const int Longest = 4096;

    // RFC 3279 §2.3.1 and RFC 5480 §2.1.1.
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string CurveOid = "1.2.840.10045.2.1";

    public static bool TryReadJwk(string pem, out JsonElement jwk, [NotNullWhen(false)] out string? error)
    {
        jwk = default;
        var text = pem.AsSpan().Trim();
        if (text.Length > Longest || !PemEncoding.TryFind(text, out var fields) || text[fields.Location].Length != text.Length)
            return Fail("This is not one public key as PEM.", out error);
        if (!text[fields.Label].SequenceEqual(Label))
        {
            return Fail(text[fields.Label].Contains("PRIVATE", StringComparison.Ordinal)
                ? "This is a private key: keep it, make a new one, and give the public half of that."
                : $"The PEM must say {Label}.", out error);
        }
        var key = new byte[fields.DecodedDataLength];
        if (!Convert.TryFromBase64Chars(text[fields.Base64Data], key, out _) || Members(key) is not { } members)
            return Fail("This is no elliptic-curve or RSA public key that can be used here.", out error);
        jwk = JsonSerializer.SerializeToElement(members);
        error = null;
        return true;
    }

    /// <summary>Null for what is no key of a kind that is known here.</summary>
    private static Dictionary<string, string>? Members(byte[] key)
    {
        try
        {
            return PublicKey.CreateFromSubjectPublicKeyInfo(key, out _).Oid.Value switch
            {
                RsaOid => Rsa(key),
                CurveOid => Curve(key),
                _ => null,
            };
        }
        catch (CryptographicException) // the platform's word that these octets are no key
        {
            return null;
        }
    }

    private static Dictionary<string, string>? Curve(byte[] key)
    {
        using var curve = ECDsa.Create();
        if (!TryImport(curve, key))
            return null;
        var parameters = curve.ExportParameters(includePrivateParameters: false);
        return new()
        {
            ["kty"] = "EC",
            ["crv"] = parameters.Q.X!.Length switch { 32 => "P-256", 48 => "P-384", _ => "other" },
            ["x"] = Base64Url.EncodeToString(parameters.Q.X),
            ["y"] = Base64Url.EncodeToString(parameters.Q.Y),
        };
    }

    private static Dictionary<string, string>? Rsa(byte[] key)
    {
        using var rsa = RSA.Create();
        if (!TryImport(rsa, key))
            return null;
        var parameters = rsa.ExportParameters(includePrivateParameters: false);
        return new() { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(parameters.Modulus), ["e"] = Base64Url.EncodeToString(parameters.Exponent) };
    }

    private static bool TryImport(AsymmetricAlgorithm algorithm, byte[] key)
    {
        try
        {
            algorithm.ImportSubjectPublicKeyInfo(key, out var read);
            return read == key.Length;
        }
        catch (CryptographicException) // the platform's word that these octets are no key of this kind
        {
            return false;
        }
    }

    private static bool Fail(string reason, out string? error)
    {
        error = reason;
        return false;
    }
}
