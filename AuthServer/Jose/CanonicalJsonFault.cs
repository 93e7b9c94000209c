namespace AuthServer.Jose;

/// <summary>Why octets are not the canonical form of a JSON value that every reader understands alike.</summary>
public enum CanonicalJsonFault
{
    /// <summary>No JSON, text after it, deeper than <see cref="CanonicalJson.MaxDepth"/>, or a string that is no text.</summary>
    Malformed,

    /// <summary>A number beyond 2^53-1 in magnitude, which readers round differently.</summary>
    UnsafeNumber,

    /// <summary>A number that is not finite, written as a word or as more than binary64 holds.</summary>
    NonFinite,

    /// <summary>An object repeats a member name.</summary>
    DuplicateMember,

    /// <summary>Sound, but RFC 8785 writes it otherwise.</summary>
    NotCanonical,
}
