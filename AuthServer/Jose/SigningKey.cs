using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>A private key with its one algorithm. Any number of threads may sign at once.</summary>
public sealed class SigningKey : IDisposable
{
    private const int RsaBits = 2048;
    private const int MaxCachedHeaders = 32;

    // "at+jwt" must not become "at\u002Bjwt": legal JSON, but longer, and not what other implementations expect to see.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly byte[] _pkcs8;
    private readonly KeyPool _pool;
    private volatile (string Typ, byte[] Encoded)[] _headers = [];

    private SigningKey(JwsAlgorithm algorithm, AsymmetricAlgorithm key, string? keyId)
    {
        if (keyId is not null && !JsonWebKeyParser.IsKeyId(keyId))
            throw new ArgumentException("A key id has 1 to 256 characters and no control characters.", nameof(keyId));
        PublicKey = PublicPart(algorithm, key, keyId);
        SignatureLength = JwsSignature.Length(algorithm, key);
        _pkcs8 = key.ExportPkcs8PrivateKey();
        _pool = new KeyPool(() => Import(PublicKey.Algorithm, _pkcs8));
        _pool.Return(key);
    }

    /// <summary>The thumbprint, unless the key was given an id of its own.</summary>
    public string KeyId => PublicKey.KeyId;

    public JwsAlgorithm Algorithm => PublicKey.Algorithm;

    public JsonWebKey PublicKey { get; }

    internal int SignatureLength { get; }

    /// <summary>A new random key; RSA keys have 2048 bits.</summary>
    public static SigningKey Create(JwsAlgorithm algorithm) =>
        new(algorithm, algorithm.IsRsa() ? RSA.Create(RsaBits) : ECDsa.Create(algorithm.Curve()), keyId: null);

    /// <exception cref="CryptographicException">Not a PKCS#8 private key, or one that does not fit the algorithm.</exception>
    public static SigningKey FromPkcs8(JwsAlgorithm algorithm, ReadOnlySpan<byte> pkcs8, string? keyId = null) =>
        new(algorithm, Import(algorithm, pkcs8), keyId);

    /// <summary>The private key in clear; the caller seals it and zeroes the copy.</summary>
    public byte[] ExportPkcs8() => [.. _pkcs8];

    /// <summary>Signatures already begun end well; later ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _pool.Close();
        CryptographicOperations.ZeroMemory(_pkcs8);
    }

    public override string ToString() => $"{Algorithm.Name()} {KeyId}";

    internal void Sign(ReadOnlySpan<byte> input, Span<byte> destination)
    {
        var key = _pool.Rent();
        try
        {
            JwsSignature.Sign(Algorithm, key, input, destination);
        }
        finally
        {
            _pool.Return(key);
        }
    }

    /// <summary>The encoded protected header for a type, made once.</summary>
    internal byte[] Header(string typ)
    {
        var headers = _headers;
        foreach (var (known, encoded) in headers)
        {
            if (known == typ)
                return encoded;
        }
        var header = EncodeHeader(typ);
        if (headers.Length < MaxCachedHeaders) // a lost race costs one more encoding, later
            _headers = [.. headers, (typ, header)];
        return header;
    }

    private byte[] EncodeHeader(string typ)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("alg"u8, Algorithm.Name());
            writer.WriteString("typ"u8, typ);
            writer.WriteString("kid"u8, KeyId);
            writer.WriteEndObject();
        }
        return Base64Url.EncodeToUtf8(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    private static AsymmetricAlgorithm Import(JwsAlgorithm algorithm, ReadOnlySpan<byte> pkcs8)
    {
        AsymmetricAlgorithm key = algorithm.IsRsa() ? RSA.Create() : ECDsa.Create();
        try
        {
            key.ImportPkcs8PrivateKey(pkcs8, out var read);
            if (read != pkcs8.Length)
                throw new CryptographicException("Something follows the private key.");
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static JsonWebKey PublicPart(JwsAlgorithm algorithm, AsymmetricAlgorithm key, string? keyId)
    {
        if (key is RSA rsa)
        {
            if (rsa.KeySize < RsaBits)
                throw new CryptographicException($"An RSA key has at least {RsaBits} bits.");
            var numbers = rsa.ExportParameters(includePrivateParameters: false);
            return JsonWebKey.Create(algorithm, keyId, numbers.Modulus!, numbers.Exponent!);
        }
        var point = ((ECDsa)key).ExportParameters(includePrivateParameters: false);
        if (!point.Curve.IsNamed || point.Curve.Oid.Value != algorithm.Curve().Oid.Value)
            throw new CryptographicException($"{algorithm.Name()} needs a key on {algorithm.CurveName()}.");
        return JsonWebKey.Create(algorithm, keyId, point.Q);
    }
}
