namespace AuthServer.Outbound;

/// <summary>What became of a message: the status of the answer, or why there is none.</summary>
public sealed record OutboundReply
{
    public int? Status { get; init; }

    /// <summary>How long the answer asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>One word: address, dns, private_address, timeout or unreachable; null: it was answered. Who named the address is not told all of them:
    /// they say what this server's own network holds.</summary>
    public string? Failure { get; init; }
}
