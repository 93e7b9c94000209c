using AuthServer.Outbound;

namespace AuthServer.Vault.Proxy;

/// <summary>What a caller wants to have called.</summary>
public sealed record ProxyRequest
{
    public required string Method { get; init; }

    public required ProxyPath Path { get; init; }

    /// <summary>Another of the API's hosts; null: the base.</summary>
    public string? Origin { get; init; }

    /// <summary>Which of an account's two tokens; null: the first.</summary>
    public string? TokenKind { get; init; }

    /// <summary>Those that may be sent.</summary>
    public IReadOnlyList<KeyValuePair<string, string[]>> Headers { get; init; } = [];

    /// <summary>A body that can be sent again; null: there is none, or it comes once.</summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>A body that comes once; null: there is none, or it can be sent again.</summary>
    public Stream? Stream { get; init; }

    /// <summary>Of <see cref="Stream"/>; null: nobody knows before its end.</summary>
    public long? Length { get; init; }

    public bool IsReplayable => Stream is null;

    /// <summary>RFC 9110 §9.2.2.</summary>
    public bool IsIdempotent => Method is "GET" or "HEAD" or "PUT" or "DELETE" or "OPTIONS";

    public bool IsRead => Method is "GET" or "HEAD";

    public HttpContent? Content(Patience patience) =>
        Stream is not null ? new StreamedContent(Stream, Length, patience)
        : Body is { } body ? new ReadOnlyMemoryContent(body)
        : null;
}
