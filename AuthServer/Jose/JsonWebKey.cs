using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>A public signature key as RFC 7517 writes it. Immutable, safe for many threads, never holds private members.</summary>
public sealed class JsonWebKey
{
    private readonly string _first;  // "x" or "n"
    private readonly string _second; // "y" or "e"
    private readonly bool _anyRsa;
    private readonly KeyPool _pool;

    private JsonWebKey(JwsAlgorithm algorithm, bool anyRsa, string? keyId, string first, string second, Func<AsymmetricAlgorithm> create)
    {
        (Algorithm, _anyRsa, _first, _second) = (algorithm, anyRsa, first, second);
        Thumbprint = ThumbprintOf(algorithm, first, second);
        KeyId = keyId ?? Thumbprint;
        _pool = new KeyPool(create);
    }

    /// <summary>"kid", or the thumbprint where the JWK has none.</summary>
    public string KeyId { get; }

    /// <summary>"alg", or what the key's type implies: P-256 ES256, P-384 ES384, RSA RS256.</summary>
    public JwsAlgorithm Algorithm { get; }

    /// <summary>RFC 7638 thumbprint, SHA-256, base64url.</summary>
    public string Thumbprint { get; }

    /// <summary>True for the key's algorithm; an RSA key without "alg" takes RS256 and PS256.</summary>
    public bool Accepts(JwsAlgorithm algorithm) => algorithm == Algorithm || (_anyRsa && algorithm.IsRsa());

    /// <summary>False with a sentence for the developer when the JWK is private, symmetric, unsupported, weak or malformed.</summary>
    public static bool TryParse(JsonElement jwk, [NotNullWhen(true)] out JsonWebKey? key, [NotNullWhen(false)] out string? error) =>
        JsonWebKeyParser.Parse(jwk, out key, out error) == JsonWebKeyParser.Outcome.Usable;

    /// <summary>The same for a public key as PEM (RFC 7468 §13).</summary>
    public static bool TryParsePem(string pem, [NotNullWhen(true)] out JsonWebKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        return PemPublicKey.TryReadJwk(pem, out var jwk, out error) && TryParse(jwk, out key, out error);
    }

    /// <summary>Writes the JWK as one JSON object.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        var rsa = Algorithm.IsRsa();
        writer.WriteStartObject();
        writer.WriteString("kty"u8, rsa ? "RSA" : "EC");
        writer.WriteString("use"u8, "sig");
        writer.WriteString("kid"u8, KeyId);
        if (!_anyRsa)
            writer.WriteString("alg"u8, Algorithm.Name());
        if (!rsa)
            writer.WriteString("crv"u8, Algorithm.CurveName());
        writer.WriteString(rsa ? "n"u8 : "x"u8, _first);
        writer.WriteString(rsa ? "e"u8 : "y"u8, _second);
        writer.WriteEndObject();
    }

    /// <summary>The key as PEM (RFC 7468 §13).</summary>
    public string ToPem()
    {
        var key = _pool.Rent();
        try
        {
            return key.ExportSubjectPublicKeyInfoPem();
        }
        finally
        {
            _pool.Return(key);
        }
    }

    internal bool Verify(JwsAlgorithm algorithm, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        var key = _pool.Rent();
        try
        {
            return JwsSignature.Verify(algorithm, key, input, signature);
        }
        finally
        {
            _pool.Return(key);
        }
    }

    /// <exception cref="CryptographicException">The point is not on the curve.</exception>
    internal static JsonWebKey Create(JwsAlgorithm algorithm, string? keyId, ECPoint q)
    {
        var parameters = new ECParameters { Curve = algorithm.Curve(), Q = q };
        return new JsonWebKey(algorithm, anyRsa: false, keyId, Encode(q.X), Encode(q.Y), () => ECDsa.Create(parameters)).Import();
    }

    /// <param name="algorithm">Null: RS256 and PS256 alike.</param>
    internal static JsonWebKey Create(JwsAlgorithm? algorithm, string? keyId, byte[] modulus, byte[] exponent)
    {
        var parameters = new RSAParameters { Modulus = modulus, Exponent = exponent };
        return new JsonWebKey(
            algorithm ?? JwsAlgorithm.RS256, algorithm is null, keyId, Encode(modulus), Encode(exponent), () => RSA.Create(parameters)).Import();
    }

    // The platform checks the key when it is imported; doing so now means that no key is found bad at its first use.
    private JsonWebKey Import()
    {
        _pool.Return(_pool.Rent());
        return this;
    }

    // RFC 7638 §3.2: the required members only, in lexicographic order, without white space.
    private static string ThumbprintOf(JwsAlgorithm algorithm, string first, string second)
    {
        var canonical = algorithm.IsRsa()
            ? $$"""{"e":"{{second}}","kty":"RSA","n":"{{first}}"}"""
            : $$"""{"crv":"{{algorithm.CurveName()}}","kty":"EC","x":"{{first}}","y":"{{second}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
    }

    private static string Encode(byte[]? value) => Base64Url.EncodeToString(value);
}
