using System.Buffers;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>The protected header, read once and held in the caller's buffers.</summary>
internal ref struct JwsHeader
{
    public const int MaxKeyIdLength = 256;
    public const int MaxTypLength = 128;
    private const int MaxMembers = 32;

    private readonly Span<char> _keyId;
    private readonly Span<char> _typ;
    private int _keyIdLength;
    private int _typLength;

    /// <param name="keyId">At least <see cref="MaxKeyIdLength"/> characters.</param>
    /// <param name="typ">At least <see cref="MaxTypLength"/> characters.</param>
    public JwsHeader(Span<char> keyId, Span<char> typ)
    {
        _keyId = keyId;
        _typ = typ;
        (_keyIdLength, _typLength) = (-1, -1);
    }

    public JwsAlgorithm Algorithm { get; private set; }
    public readonly bool HasKeyId => _keyIdLength >= 0;
    public readonly ReadOnlySpan<char> KeyId => _keyId[..Math.Max(_keyIdLength, 0)];
    public readonly bool HasTyp => _typLength >= 0;
    public readonly ReadOnlySpan<char> Typ => _typ[..Math.Max(_typLength, 0)];

    /// <summary>The JSON of an embedded public key; empty when there is none.</summary>
    public ReadOnlySpan<byte> EmbeddedKey { get; private set; }

    /// <summary>Null when the header is acceptable. An embedded "jwk" is, only where the caller says so.</summary>
    public JwsFailure? Read(ReadOnlySpan<byte> json, bool allowEmbeddedKey)
    {
        Span<JsonMember> members = stackalloc JsonMember[MaxMembers];
        var count = StrictJson.ReadObject(json, members);
        if (count < 0)
            return JwsFailure.Malformed;
        var hasAlgorithm = false;
        foreach (var member in members[..count])
        {
            if (member.NameEquals(json, "alg"))
                hasAlgorithm = true;
            if (ReadMember(json, member, allowEmbeddedKey) is { } failure)
                return failure;
        }
        return hasAlgorithm ? null : JwsFailure.Malformed;
    }

    private JwsFailure? ReadMember(ReadOnlySpan<byte> json, in JsonMember member, bool allowEmbeddedKey)
    {
        if (member.NameEquals(json, "alg"))
            return ReadAlgorithm(json, member);
        if (member.NameEquals(json, "kid"))
            return TryCopy(json, member, _keyId[..MaxKeyIdLength], out _keyIdLength) ? null : JwsFailure.KeyIdNotAllowed;
        if (member.NameEquals(json, "typ"))
            return TryCopy(json, member, _typ[..MaxTypLength], out _typLength) ? null : JwsFailure.TypMismatch;
        // RFC 7515 §4.1.11: what is critical and not understood makes the token invalid; nothing is understood here.
        // RFC 7797 §6: "b64" is valid only together with "crit".
        if (member.NameEquals(json, "crit") || member.NameEquals(json, "b64"))
            return JwsFailure.CriticalHeader;
        if (member.NameEquals(json, "jwk") && allowEmbeddedKey && member.Kind == JsonTokenType.StartObject)
        {
            EmbeddedKey = member.Value(json);
            return null;
        }
        // RFC 8725 §3.10: a token that says which key to trust it by, or where to fetch one, proves nothing.
        if (member.NameEquals(json, "jwk") || member.NameEquals(json, "jku") || member.NameEquals(json, "x5u") || member.NameEquals(json, "x5c"))
            return JwsFailure.EmbeddedKey;
        return null; // RFC 7515 §4: other names are ignored.
    }

    private JwsFailure? ReadAlgorithm(ReadOnlySpan<byte> json, in JsonMember member)
    {
        if (member.Kind != JsonTokenType.String)
            return JwsFailure.Malformed;
        Span<char> name = stackalloc char[16];
        if (!TryCopy(json, member, name, out var length) || !JwsAlgorithms.TryParse(name[..length], out var algorithm))
            return JwsFailure.AlgorithmNotAllowed;
        Algorithm = algorithm;
        return null;
    }

    private static bool TryCopy(ReadOnlySpan<byte> json, in JsonMember member, Span<char> destination, out int length)
    {
        length = -1;
        // Measured as written: one character never takes less than one byte.
        if (member.Kind != JsonTokenType.String || member.Length > destination.Length)
            return false;
        if (member.Escaped)
        {
            var text = member.String(json);
            text.CopyTo(destination);
            length = text.Length;
        }
        else if (System.Text.Unicode.Utf8.ToUtf16(member.Value(json), destination, out _, out length) != OperationStatus.Done)
        {
            return false;
        }
        foreach (var character in destination[..length])
        {
            if (char.IsControl(character))
                return false;
        }
        return true;
    }
}
