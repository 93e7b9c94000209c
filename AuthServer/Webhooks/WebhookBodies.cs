using System.Text.Json.Serialization;
using AuthServer.Http.Api;

namespace AuthServer.Webhooks;

/// <summary>What somebody wants to hear of, and where.</summary>
public sealed class NewWebhook
{
    /// <summary>A public https URL of at most 1000 characters.</summary>
    public string? Url { get; set; }

    /// <summary>Names of events, such as <c>agent.suspended</c>.</summary>
    public IReadOnlyList<string?>? Events { get; set; }

    /// <summary>At most 200 characters.</summary>
    public string? Description { get; set; }
}

/// <summary>What is to change of a webhook; what is absent stays.</summary>
public sealed class WebhookChange
{
    public string? Url { get; set; }

    public IReadOnlyList<string?>? Events { get; set; }

    public string? Description { get; set; }

    /// <summary>True, of a webhook that was disabled: what happens from now on is sent, and what was waiting.</summary>
    public bool? Enabled { get; set; }
}

/// <summary>A webhook as its organization sees it. No record: the secret that a new one shows must never be printed.</summary>
public sealed class WebhookItem : IVersioned
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("url")]
    public required string Url { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("events")]
    public required IReadOnlyList<string> Events { get; init; }

    [JsonPropertyName("enabled")]
    public required bool Enabled { get; init; }

    /// <summary>Who answers for it: who made it, or has given it another URL or enabled it since. When they may not make webhooks any more, it is disabled.</summary>
    [JsonPropertyName("created_by")]
    public required string CreatedBy { get; init; }

    /// <summary>Why the server disabled it: gone, failing or maker_gone.</summary>
    [JsonPropertyName("disabled_reason")]
    public string? DisabledReason { get; init; }

    [JsonPropertyName("disabled_at")]
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>Since when no attempt has succeeded; absent: the last one did.</summary>
    [JsonPropertyName("failing_since")]
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>What messages are signed with. Shown when it is made or rotated, and not again.</summary>
    [JsonPropertyName("secret")]
    public string? Secret { get; init; }

    /// <summary>Until when messages are signed with the secret before it as well.</summary>
    [JsonPropertyName("previous_secret_expires_at")]
    public DateTimeOffset? PreviousSecretExpiresAt { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    public required DateTimeOffset UpdatedAt { get; init; }

    [JsonPropertyName("version")]
    public required string Version { get; init; }

    /// <param name="secret">To be shown this once.</param>
    internal static WebhookItem Of(Webhook row, DateTimeOffset now, WebhookSecret? secret = null) => new()
    {
        Id = row.Id,
        Url = row.Url,
        Description = row.Description,
        Events = row.Events.Split(' '),
        Enabled = row.Enabled,
        CreatedBy = row.CreatedBy,
        DisabledReason = row.DisabledReason,
        DisabledAt = row.DisabledAt,
        FailingSince = row.FailingSince,
        Secret = secret?.Reveal(),
        PreviousSecretExpiresAt = row.OldSecretUntil > now ? row.OldSecretUntil : null,
        CreatedAt = row.CreatedAt,
        UpdatedAt = row.UpdatedAt,
        Version = row.Version,
    };
}

/// <summary>A message in a webhook's log.</summary>
/// <param name="Id">The header <c>webhook-id</c>.</param>
/// <param name="EventId">The event of the trail.</param>
/// <param name="Status">pending, delivered or failed.</param>
/// <param name="ResponseStatus">What the receiver answered the last time; absent: nothing.</param>
/// <param name="Error">Why the last attempt failed, in one word.</param>
/// <param name="DurationMs">How long the receiver took.</param>
public sealed record DeliveryItem(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("webhook_id")] string WebhookId,
    [property: JsonPropertyName("event")] string Event,
    [property: JsonPropertyName("event_id")] string EventId,
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("attempts")] int Attempts,
    [property: JsonPropertyName("response_status")] int? ResponseStatus,
    [property: JsonPropertyName("error")] string? Error,
    [property: JsonPropertyName("duration_ms")] int? DurationMs,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("last_attempt_at")] DateTimeOffset? LastAttemptAt,
    [property: JsonPropertyName("next_attempt_at")] DateTimeOffset? NextAttemptAt,
    [property: JsonPropertyName("delivered_at")] DateTimeOffset? DeliveredAt)
{
    internal static DeliveryItem Of(WebhookDelivery row) => new(
        row.Id, row.WebhookId, row.Event, row.EventId,
        row.DueAt is not null ? "pending" : row.DeliveredAt is not null ? "delivered" : "failed",
        row.Attempts, row.LastStatus, row.LastFailure, row.LastMilliseconds, row.CreatedAt, row.LastAttemptAt, row.DueAt, row.DeliveredAt);
}
