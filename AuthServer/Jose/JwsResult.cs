using System.Diagnostics.CodeAnalysis;

namespace AuthServer.Jose;

/// <summary>The outcome of verifying one token. The default value is a failure; claims exist only when the signature is good.</summary>
public readonly struct JwsResult
{
    private readonly JwsFailure _failure;

    private JwsResult(JwsFailure failure) => _failure = failure;

    private JwsResult(JsonWebKey key, ReadOnlyMemory<byte> payload, JwtClaims claims, string? keyId, string? type)
    {
        Key = key;
        Payload = payload;
        Claims = claims;
        KeyId = keyId;
        Type = type;
    }

    [MemberNotNullWhen(true, nameof(Key), nameof(Claims))]
    public bool IsValid => Key is not null;

    /// <summary>Null when valid.</summary>
    public JwsFailure? Failure => IsValid ? null : _failure;

    /// <summary>The key that made the signature.</summary>
    public JsonWebKey? Key { get; }

    /// <summary>The signed claims.</summary>
    public JwtClaims? Claims { get; }

    /// <summary>The signed octets; empty unless valid.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>"kid" as the token's header said it; null when absent.</summary>
    public string? KeyId { get; }

    /// <summary>Which of the accepted types the token has, in the caller's spelling; null when absent.</summary>
    public string? Type { get; }

    internal static JwsResult Fail(JwsFailure failure) => new(failure);

    internal static JwsResult Verified(JsonWebKey key, ReadOnlyMemory<byte> payload, JwtClaims claims, string? keyId, string? type) =>
        new(key, payload, claims, keyId, type);
}
