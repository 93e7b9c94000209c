using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>Signs and verifies JWTs in JWS compact serialization (RFC 7515 §7.1).</summary>
public static class Jws
{
    /// <summary>Characters; a longer token is refused unread.</summary>
    public const int MaxTokenLength = 16 * 1024;

    private const int StackBytes = 2048;

    /// <summary>A token with the header {"alg","typ","kid"} over these octets, usually a claims set.</summary>
    /// <param name="typ">A constant such as "at+jwt": the encoded header is kept with the key.</param>
    public static string Sign(SigningKey key, string typ, ReadOnlySpan<byte> payload) => Sign(key, key.Header(typ), payload);

    /// <summary>A token whose header {"alg","c14n","kid","typ"} and payload are canonical JSON (<see cref="CanonicalJson"/>).</summary>
    /// <exception cref="InvalidOperationException">The claims have no canonical form.</exception>
    public static string SignCanonical(SigningKey key, string typ, JsonElement claims)
    {
        var header = JsonSerializer.SerializeToElement(new { alg = key.Algorithm.Name(), c14n = "JCS", kid = key.KeyId, typ });
        return Sign(key, Base64Url.EncodeToUtf8(CanonicalJson.Write(header)), CanonicalJson.Write(claims));
    }

    /// <summary>
    /// Verifies a JWT. The key decides the algorithm; the token only has to agree. Time-based and all other claims are the
    /// caller's to check.
    /// </summary>
    /// <param name="keys">Answers the candidates for a "kid"; null asks for all. At most <see cref="JwsVerification.MaxAttempts"/> are tried.</param>
    public static JwsResult Verify(ReadOnlySpan<char> token, JwsTyp typ, Func<string?, IReadOnlyList<JsonWebKey>> keys) =>
        JwsVerification.VerifyClaims(token, typ, new JwsKeySource(keys));

    /// <summary>Verifies a JWT against a set of keys, without asking for more memory than the claims take.</summary>
    public static JwsResult Verify(ReadOnlySpan<char> token, JwsTyp typ, JsonWebKeySet keys) =>
        JwsVerification.VerifyClaims(token, typ, new JwsKeySource(keys));

    /// <summary>
    /// Verifies a proof of possession that carries its own public key as "jwk", such as a DPoP proof (RFC 9449 §4.3). It says
    /// only that the sender holds <see cref="JwsResult.Key"/>; what that key is good for, the caller must know by its thumbprint.
    /// </summary>
    public static JwsResult VerifySelfSigned(ReadOnlySpan<char> token, JwsTyp typ) =>
        JwsVerification.VerifyClaims(token, typ, JwsKeySource.Embedded);

    private static string Sign(SigningKey key, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var signatureStart = header.Length + 1 + Base64Url.GetEncodedLength(payload.Length) + 1;
        var length = signatureStart + Base64Url.GetEncodedLength(key.SignatureLength);
        byte[]? rented = null;
        var token = length <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(length);
        token = token[..length];

        header.CopyTo(token);
        token[header.Length] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, token[(header.Length + 1)..]);
        // RFC 7515 §5.1: the signing input is the encoded header, a period, the encoded payload.
        var input = token[..(signatureStart - 1)];
        token[signatureStart - 1] = (byte)'.';
        SignInto(key, input, token[signatureStart..]);
        var text = Encoding.ASCII.GetString(token);

        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    private static void SignInto(SigningKey key, ReadOnlySpan<byte> input, Span<byte> destination)
    {
        Span<byte> signature = stackalloc byte[key.SignatureLength];
        key.Sign(input, signature);
        Base64Url.EncodeToUtf8(signature, destination);
    }
}
