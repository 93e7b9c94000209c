using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Protocol;

namespace AuthServer.Audit;

/// <summary>An event of the trail in AgentAuth's form.</summary>
/// <param name="ActorType">agent, user, client or system.</param>
/// <param name="TargetType">What kind of thing the target's id is of; absent: its id does not tell.</param>
/// <param name="Action">The last part of the event's type.</param>
public record AuditEventItem(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("event_type")] string EventType,
    [property: JsonPropertyName("actor_type")] string ActorType,
    [property: JsonPropertyName("actor_id")] string? ActorId,
    [property: JsonPropertyName("target_type")] string? TargetType,
    [property: JsonPropertyName("target_id")] string? TargetId,
    [property: JsonPropertyName("action")] string Action,
    [property: JsonPropertyName("outcome")] string Outcome,
    [property: JsonPropertyName("reason")] string? Reason,
    [property: JsonPropertyName("metadata")] JsonElement? Metadata,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt)
{
    private static readonly (string Prefix, string Type)[] Targets =
    [
        ("acct_", "organization"), ("usr_", "user"), ("agt_", "agent"), ("key_", "credential"), ("dlg_", "delegation"), ("con_", "consent"), ("pol_", "policy"),
        ("aud_", "token"), ("cert_", "certificate"), ("whk_", "webhook"),
    ];

    internal static AuditEventItem Of(AuditEntry entry)
    {
        var (type, id) = entry switch
        {
            { AgentId: { } agent } => ("agent", agent),
            { UserId: { } user } => ("user", user),
            { ClientId: { } client } => ("client", client),
            _ => ("system", null),
        };
        return new(
            entry.Id, entry.Type, type, id,
            entry.Target is { } target ? Array.Find(Targets, kind => Identifiers.Read(kind.Prefix, target) == target).Type : null,
            entry.Target, entry.Type[(entry.Type.LastIndexOf('.') + 1)..], entry.Outcome, entry.Reason, entry.Details, entry.Timestamp);
    }
}

/// <summary>A part of the trail, newest first.</summary>
public sealed record AuditEventPage(
    [property: JsonPropertyName("data")] IReadOnlyList<AuditEventItem> Data, [property: JsonPropertyName("meta")] AuditEventMeta Meta);

/// <param name="NextCursor">Asks, as <c>after</c>, for what comes next; absent: nothing does.</param>
public sealed record AuditEventMeta(
    [property: JsonPropertyName("returned")] int Returned, [property: JsonPropertyName("limit")] int Limit, [property: JsonPropertyName("next_cursor")] string? NextCursor);
