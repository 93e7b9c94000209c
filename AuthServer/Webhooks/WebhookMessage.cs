using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Audit;
using AuthServer.Http.Api;

namespace AuthServer.Webhooks;

/// <summary>What a receiver is sent (Standard Webhooks): what happened, when, and the event as the organization itself reads it.</summary>
public sealed record WebhookMessage(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("timestamp")] DateTimeOffset Timestamp,
    [property: JsonPropertyName("data")] WebhookData Data)
{
    internal static byte[] Write(string name, AuditEntry entry) =>
        JsonSerializer.SerializeToUtf8Bytes(new WebhookMessage(name, entry.Timestamp, WebhookData.Of(entry)), ApiJson.Options);
}

/// <summary>The event in AgentAuth's form, and whom it concerns. Nothing of it is erased with an account.</summary>
public sealed record WebhookData : AuditEventItem
{
    private WebhookData(AuditEventItem item, AuditEntry entry)
        : base(item) => (OrganizationId, AgentId, UserId, ClientId, Scope, PolicyId) = (entry.OrganizationId, entry.AgentId, entry.UserId, entry.ClientId, entry.Scope, entry.PolicyId);

    [JsonPropertyName("organization_id")]
    public string? OrganizationId { get; }

    [JsonPropertyName("agent_id")]
    public string? AgentId { get; }

    [JsonPropertyName("user_id")]
    public string? UserId { get; }

    [JsonPropertyName("client_id")]
    public string? ClientId { get; }

    [JsonPropertyName("scope")]
    public string? Scope { get; }

    [JsonPropertyName("policy_id")]
    public string? PolicyId { get; }

    internal static new WebhookData Of(AuditEntry entry) => new(AuditEventItem.Of(entry), entry);
}
