using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Approvals;

/// <summary>What this room leaves in the trail.</summary>
public static class ApprovalEvents
{
    public const string Requested = "approval.requested";
    public const string Approved = "approval.approved";
    public const string Denied = "approval.denied";
    public const string Used = "approval.used";
    public const string Revoked = "approval.revoked";
    public const string Expired = "approval.expired";

    /// <summary>The event that comes with another one, about the same agent and person.</summary>
    internal static AuditEvent Beside(AuditEvent other, string type, string id, DateTimeOffset now) => other with
    {
        Id = Identifiers.New("aud_", now),
        At = now,
        Type = type,
        Outcome = AuditOutcomes.Success,
        Target = id,
        Reason = null,
        Personal = null,
        Detail = JsonSerializer.Serialize(new Found(other.Id), ApiJson.Options),
    };

    /// <summary>The event that comes with the refusal by which it is asked.</summary>
    internal static AuditEvent OfRequested(AuditEvent refusal, Approval row, DateTimeOffset now) => Beside(refusal, Requested, row.Id, now) with
    {
        Detail = JsonSerializer.Serialize(new Asked(refusal.Id, row.DeciderId), ApiJson.Options),
    };

    /// <summary>The person whom it was asked of, as the event that tells of the asking has it; null: the organization.</summary>
    internal static string? DeciderOf(JsonElement? requested) =>
        requested is { ValueKind: JsonValueKind.Object } detail && detail.TryGetProperty("deciderId", out var decider) ? decider.GetString() : null;

    /// <param name="userId">Who answered.</param>
    internal static AuditEvent Of(string type, HttpContext http, Approval row, string userId, ApprovalDuration? duration, DateTimeOffset now) =>
        http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = userId,
            AgentId = row.AgentId,
            OrganizationId = row.OrganizationId,
            PolicyId = row.PolicyId,
            Target = row.Id,
            Scope = string.Join(' ', ApprovalShown.Read(row.Shown).Actions.Select(action => action.Name)),
            Detail = duration is null ? null : JsonSerializer.Serialize(new Answered(duration.Value), ApiJson.Options),
        };

    internal static AuditEvent OfExpired(string id, string organizationId, string agentId, string? deciderId, string policyId, DateTimeOffset now) => AuditEvent.Of(Expired, AuditOutcomes.Success, now) with
    {
        Subject = deciderId,
        AgentId = agentId,
        OrganizationId = organizationId,
        PolicyId = policyId,
        Target = id,
        CorrelationId = "approvals",
    };

    /// <param name="DecisionId">The event of the decision that it came with.</param>
    private sealed record Found(string DecisionId);

    /// <param name="DeciderId">Null: the organization's developers.</param>
    private sealed record Asked(string DecisionId, string? DeciderId);

    private sealed record Answered(ApprovalDuration Duration);
}
