namespace AuthServer.Jose;

/// <summary>Why a token was refused. For logs and audit; what a caller is told is the caller's choice.</summary>
public enum JwsFailure
{
    /// <summary>The default: nothing was verified.</summary>
    NotVerified,

    /// <summary>Not a compact JWS, not canonical base64url, or a header that is no strict JSON object.</summary>
    Malformed,

    /// <summary>Longer than <see cref="Jws.MaxTokenLength"/>, or a header longer than any honest one.</summary>
    TooLarge,

    /// <summary>"none", symmetric or unknown.</summary>
    AlgorithmNotAllowed,

    /// <summary>The key is known, but the token names another algorithm than the key's.</summary>
    AlgorithmMismatch,

    /// <summary>"crit" or "b64" is present; this server understands no critical extension.</summary>
    CriticalHeader,

    /// <summary>The token brings its own key or the address of one, or (for self-signed proofs) brings none that is acceptable.</summary>
    EmbeddedKey,

    /// <summary>"kid" is no string, too long, or holds control characters.</summary>
    KeyIdNotAllowed,

    /// <summary>"typ" is not among those that the caller accepts.</summary>
    TypMismatch,

    /// <summary>No key answers to this "kid".</summary>
    UnknownKey,

    /// <summary>No candidate key made this signature.</summary>
    BadSignature,

    /// <summary>Signed, but the payload is no strict JSON object or a registered claim has the wrong type.</summary>
    MalformedClaims,
}
