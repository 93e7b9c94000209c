namespace AuthServer.Webhooks;

/// <summary>Where an organization wants to hear of its own events.</summary>
public sealed class Webhook
{
    public const string IdPrefix = "whk_";

    /// <summary><c>whk_…</c></summary>
    public string Id { get; set; } = "";

    public string OrganizationId { get; set; } = "";

    /// <summary>Who answers for it, <c>usr_…</c>: who made it, or has given it another URL or enabled it since.</summary>
    public string CreatedBy { get; set; } = "";

    /// <summary>As it is called. It may be a secret itself: the trail is told its host only.</summary>
    public string Url { get; set; } = "";

    public string? Description { get; set; }

    /// <summary>Names of <see cref="WebhookEventKinds"/>, separated by spaces.</summary>
    public string Events { get; set; } = "";

    public bool Enabled { get; set; }

    /// <summary>Why the server disabled it: one of <see cref="DisabledReasons"/>; null: it did not.</summary>
    public string? DisabledReason { get; set; }

    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary>When the first attempt failed since the last that did not; null: the last did not.</summary>
    public DateTimeOffset? FailingSince { get; set; }

    /// <summary>Sealed by the master key, as this webhook's.</summary>
    public byte[] Secret { get; set; } = [];

    /// <summary>The secret before it, sealed; null: there is none that still counts.</summary>
    public byte[]? OldSecret { get; set; }

    public DateTimeOffset? OldSecretUntil { get; set; }

    /// <summary>An id of the trail: nothing up to it is looked at any more.</summary>
    public string ReadTo { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }

    public string Version { get; set; } = "";
}

/// <summary>Why the server disables a webhook.</summary>
public static class DisabledReasons
{
    /// <summary>Its receiver answered 410.</summary>
    public const string Gone = "gone";

    /// <summary>Nothing has reached it for days.</summary>
    public const string Failing = "failing";

    /// <summary>Whoever answers for it may not make webhooks there any more.</summary>
    public const string MakerGone = "maker_gone";
}
