namespace AuthServer.Outbound;

/// <summary>What a fetch brought: a document, or why there is none.</summary>
public sealed record OutboundAnswer
{
    /// <summary>Null where there is a document; else one word, for the log and the trail: <c>address</c>, <c>busy</c>, <c>dns</c>, <c>encoding</c>,
    /// <c>private_address</c>, <c>status_…</c>, <c>timeout</c>, <c>too_large</c> or <c>unreachable</c>.</summary>
    public string? Failure { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Whether it says that it is JSON, <c>application/json</c> or <c>application/…+json</c>. What its host shows as text may be anybody's.</summary>
    public bool IsJson { get; init; }

    /// <summary>How long it says that it may be kept (RFC 9111); null where it says nothing.</summary>
    public TimeSpan? Freshness { get; init; }
}
