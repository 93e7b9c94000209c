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

/// <summary>The event in AgentAuth's form (<see cref="AuditEventItem"/>), and whom it concerns. Nothing of it is erased with an account.</summary>
public sealed record WebhookData(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("event_type")] string EventType,
    [property: JsonPropertyName("organization_id")] string? OrganizationId,
    [property: JsonPropertyName("agent_id")] string? AgentId,
    [property: JsonPropertyName("user_id")] string? UserId,
    [property: JsonPropertyName("client_id")] string? ClientId,
    [property: JsonPropertyName("actor_type")] string ActorType,
    [property: JsonPropertyName("actor_id")] string? ActorId,
    [property: JsonPropertyName("target_type")] string? TargetType,
    [property: JsonPropertyName("target_id")] string? TargetId,
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("scope")] string? Scope,
    [property: JsonPropertyName("policy_id")] string? PolicyId,
    [property: JsonPropertyName("metadata")] JsonElement? Metadata,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt)
{
    internal static WebhookData Of(AuditEntry entry)
    {
        var item = AuditEventItem.Of(entry);
        return new(
            item.Id, item.EventType, entry.OrganizationId, entry.AgentId, entry.UserId, entry.ClientId, item.ActorType, item.ActorId, item.TargetType,
            item.TargetId, item.Action, item.Outcome, item.Reason, entry.Scope, entry.PolicyId, item.Metadata, item.CreatedAt);
    }
}
