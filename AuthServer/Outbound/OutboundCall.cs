namespace AuthServer.Outbound;

/// <summary>A request to somebody else's server. It holds secrets: it is sent, and printed nowhere.</summary>
public sealed record OutboundCall
{
    public required string Method { get; init; }

    public required Uri Address { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    public ReadOnlyMemory<byte>? Body { get; init; }

    public string? ContentType { get; init; }

    public override string ToString() => "OutboundCall (redacted)";
}

/// <summary>What it answered, or why there is no answer.</summary>
public sealed record OutboundResult
{
    /// <summary>0: there is none.</summary>
    public int Status { get; init; }

    /// <summary>One word of those of <see cref="OutboundAnswer.Failure"/>; null: it was answered.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether the request was on its way, or may have been: then it may have been done, although there is no answer.</summary>
    public bool WasSent { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>How long it asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public string? Header(string name) => Headers.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public override string ToString() => $"OutboundResult {Status} (redacted)";
}
