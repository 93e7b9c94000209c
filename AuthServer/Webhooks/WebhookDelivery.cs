namespace AuthServer.Webhooks;

/// <summary>One event for one webhook: waiting to be sent, or what became of it. What is sent is made from the event when it is sent.</summary>
public sealed class WebhookDelivery
{
    public const string IdPrefix = "whd_";

    /// <summary><c>whd_…</c>: the same in each attempt, by which a receiver knows what it has already.</summary>
    public string Id { get; set; } = "";

    public string WebhookId { get; set; } = "";

    /// <summary>The event of the trail.</summary>
    public string EventId { get; set; } = "";

    /// <summary>A name of <see cref="WebhookEventKinds"/>, or <see cref="WebhookEventKinds.Test"/>.</summary>
    public string Event { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When it is to be sent. Whoever sends it moves this to the time by which they will have told what came of it. Null: nothing is left to do.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>How often it was sent since it was made or replayed.</summary>
    public int Attempts { get; set; }

    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>The receiver's HTTP status; null: it did not answer.</summary>
    public int? LastStatus { get; set; }

    /// <summary>One of <see cref="DeliveryFailures"/>; null: it was received.</summary>
    public string? LastFailure { get; set; }

    /// <summary>How long the receiver took to answer.</summary>
    public int? LastMilliseconds { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }
}

/// <summary>Why an attempt failed, as far as the receiver's people may know: never what this server's own network holds.</summary>
public static class DeliveryFailures
{
    /// <summary>The receiver answered another status than 2xx.</summary>
    public const string Status = "status";

    /// <summary>It answered with a redirect, which is not followed.</summary>
    public const string Redirect = "redirect";

    public const string Timeout = "timeout";

    public const string Unreachable = "unreachable";

    /// <summary>The trail does not hold the event any more.</summary>
    public const string EventGone = "event_gone";

    /// <summary>The webhook's secret does not open with this installation's master key.</summary>
    public const string SecretUnreadable = "secret_unreadable";

    /// <summary>This server failed; its log tells.</summary>
    public const string Internal = "internal";
}
