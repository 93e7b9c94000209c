namespace AuthServer.Webhooks;

/// <summary>What came of sending a message.</summary>
public sealed record WebhookAttempt
{
    public required DateTimeOffset At { get; init; }

    public int? Status { get; init; }

    /// <summary>One of <see cref="DeliveryFailures"/>; null: it was received.</summary>
    public string? Failure { get; init; }

    public int? Milliseconds { get; init; }

    /// <summary>When it is sent again; null: not any more.</summary>
    public DateTimeOffset? Next { get; init; }

    /// <summary>The webhook is disabled when it has been failing at least since then.</summary>
    public required DateTimeOffset FailingSinceAtMost { get; init; }

    /// <summary>Why it is disabled in that case.</summary>
    public string DisabledReason { get; init; } = DisabledReasons.Failing;

    /// <summary>Whether it was the receiver that failed, not this server.</summary>
    public bool IsTheReceivers => Failure is not (DeliveryFailures.EventGone or DeliveryFailures.SecretUnreadable or DeliveryFailures.Internal);
}
