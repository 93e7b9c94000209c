using System.Buffers;
using System.Text;

namespace AuthServer.Jose;

/// <summary>The steps of RFC 7515 §5.2, cheap ones first; each refusal ends them.</summary>
internal static class JwsVerification
{
    /// <summary>Keys tried for one token. Each try costs a signature verification that strangers can ask for.</summary>
    public const int MaxAttempts = 8;

    private const int MaxHeaderLength = 4096;
    private const int MaxSignatureLength = 1024; // an 8192-bit RSA key's
    private const int StackBytes = 2048;

    public static JwsResult VerifyClaims(ReadOnlySpan<char> token, JwsTyp typ, in JwsKeySource source)
    {
        if (VerifyOctets(token, typ, source, out var verified) is { } failure)
            return JwsResult.Fail(failure);
        return JwtClaims.TryParse(verified.Payload, out var claims)
            ? JwsResult.Verified(verified.Key, verified.Payload, claims, verified.KeyId, verified.Type)
            : JwsResult.Fail(JwsFailure.MalformedClaims);
    }

    /// <summary>Verifies a JWS whose payload may be anything; null when the signature is good.</summary>
    public static JwsFailure? VerifyOctets(ReadOnlySpan<char> token, JwsTyp typ, in JwsKeySource source, out VerifiedOctets verified)
    {
        verified = default;
        if (token.Length > Jws.MaxTokenLength)
            return JwsFailure.TooLarge;
        byte[]? rented = null;
        var utf8 = token.Length <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(token.Length);
        var failure = Ascii.FromUtf16(token, utf8, out var length) == OperationStatus.Done
            ? Verify(utf8[..length], typ, source, out verified)
            : JwsFailure.Malformed;
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        return failure;
    }

    private static JwsFailure? Verify(ReadOnlySpan<byte> token, JwsTyp typ, in JwsKeySource source, out VerifiedOctets verified)
    {
        verified = default;
        // RFC 7515 §7.1: three parts, two periods.
        var first = token.IndexOf((byte)'.');
        var last = token.LastIndexOf((byte)'.');
        if (first <= 0 || last == first || token[(first + 1)..last].Contains((byte)'.'))
            return JwsFailure.Malformed;

        var header = new JwsHeader(stackalloc char[JwsHeader.MaxKeyIdLength], stackalloc char[JwsHeader.MaxTypLength]);
        if (first > MaxHeaderLength)
            return JwsFailure.TooLarge;
        Span<byte> json = stackalloc byte[CanonicalBase64Url.DecodedLength(first)];
        if (!CanonicalBase64Url.TryDecode(token[..first], json, out _))
            return JwsFailure.Malformed;
        if (header.Read(json, source.IsEmbedded) is { } unacceptable)
            return unacceptable;
        // RFC 8725 §3.11: one kind of token is not another, however well signed.
        if (!typ.Accepts(header.HasTyp, header.Typ, out var type))
            return JwsFailure.TypMismatch;

        if (FindKey(token[..last], token[(last + 1)..], source, header, out var key) is { } failure)
            return failure;
        var encoded = token[(first + 1)..last];
        var payload = new byte[CanonicalBase64Url.DecodedLength(encoded.Length)];
        if (!CanonicalBase64Url.TryDecode(encoded, payload, out _))
            return JwsFailure.Malformed;
        var keyId = !header.HasKeyId ? null : header.KeyId.SequenceEqual(key!.KeyId) ? key.KeyId : header.KeyId.ToString();
        verified = new VerifiedOctets(key!, payload, keyId, type);
        return null;
    }

    private static JwsFailure? FindKey(
        ReadOnlySpan<byte> input, ReadOnlySpan<byte> encodedSignature, in JwsKeySource source, scoped in JwsHeader header, out JsonWebKey? key)
    {
        key = null;
        if (CanonicalBase64Url.DecodedLength(encodedSignature.Length) > MaxSignatureLength)
            return JwsFailure.BadSignature;
        Span<byte> signature = stackalloc byte[MaxSignatureLength];
        if (!CanonicalBase64Url.TryDecode(encodedSignature, signature, out var length))
            return JwsFailure.Malformed;

        var candidates = source.Candidates(header);
        if (candidates.Count == 0)
            return source.IsEmbedded ? JwsFailure.EmbeddedKey : JwsFailure.UnknownKey;
        var attempts = 0;
        for (var i = 0; i < candidates.Count && attempts < MaxAttempts; i++)
        {
            // RFC 8725 §3.1: the key has its algorithm; the token does not choose one for it.
            if (!candidates[i].Accepts(header.Algorithm))
                continue;
            attempts++;
            if (!candidates[i].Verify(header.Algorithm, input, signature[..length]))
                continue;
            key = candidates[i];
            return null;
        }
        return attempts == 0 ? JwsFailure.AlgorithmMismatch : JwsFailure.BadSignature;
    }

    internal readonly record struct VerifiedOctets(JsonWebKey Key, byte[] Payload, string? KeyId, string? Type);
}
