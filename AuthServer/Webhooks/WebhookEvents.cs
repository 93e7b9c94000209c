using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Webhooks;

/// <summary>What webhooks leave in the trail. Webhooks are not told of these, but a test of its own <see cref="Tested"/>.</summary>
public static class WebhookEvents
{
    public const string Created = "webhook.created";
    public const string Updated = "webhook.updated";
    public const string Deleted = "webhook.deleted";
    public const string SecretRotated = "webhook.secret_rotated";
    public const string Tested = "webhook.tested";
    public const string Replayed = "webhook.delivery_replayed";
    public const string DisabledByServer = "webhook.disabled";

    /// <param name="changed">The fields that were changed.</param>
    /// <param name="delivery">The delivery that it is about.</param>
    internal static AuditEvent Of(
        string type, HttpContext http, Developer developer, Webhook webhook, DateTimeOffset now, IReadOnlyList<string>? changed = null, string? delivery = null) =>
        http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = developer.UserId,
            OrganizationId = webhook.OrganizationId,
            Target = webhook.Id,
            Detail = JsonSerializer.Serialize(
                new Details(developer.KeyId, new Uri(webhook.Url).Authority, delivery is null ? webhook.Events : null, changed, delivery), ApiJson.Options),
        };

    internal static AuditEvent Disabled(string webhookId, string organizationId, string reason, DateTimeOffset now) => AuditEvent.Of(DisabledByServer, AuditOutcomes.Success, now) with
    {
        OrganizationId = organizationId,
        Target = webhookId,
        Reason = reason,
    };

    /// <param name="Key">The developer key that it was done with; null: a person did it.</param>
    /// <param name="Host">Of its URL, whose rest may be a secret.</param>
    private sealed record Details(string? Key, string Host, string? Events, IReadOnlyList<string>? Changed, string? Delivery);
}
