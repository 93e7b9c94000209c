using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.State;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Agents;

/// <summary>What happens to agents, in the words of the trail.</summary>
public static class AgentEvents
{
    public const string Registered = "agent.registered";
    public const string QuickStarted = "agent.quick_started";
    public const string Claimed = "agent.claimed";
    public const string ClaimDenied = "agent.claim_denied";
    public const string Unclaimed = "agent.unclaimed_expired";
    public const string Updated = "agent.updated";
    public const string Suspended = "agent.suspended";
    public const string Resumed = "agent.resumed";
    public const string Revoked = "agent.revoked";
    public const string SecretRotated = "agent.secret_rotated";
    public const string KeysReplaced = "agent.keys_replaced";
    public const string KeyCreated = "agent.key_created";
    public const string KeyRotated = "agent.key_rotated";
    public const string KeyRevoked = "agent.key_revoked";
    public const string TokensEnded = "agent.tokens_ended";

    /// <param name="changed">The fields that were changed.</param>
    /// <param name="before">Until when what began has ended.</param>
    internal static AuditEvent Of(
        string type, HttpContext http, ICaller caller, AgentRow row, DateTimeOffset now, IReadOnlyList<string>? changed = null, DateTimeOffset? before = null) =>
        http.Event(type, AuditOutcomes.Success, now) with
        {
            Subject = caller.Known?.UserId,
            ClientId = row.ClientId,
            AgentId = row.Agent.Id,
            OrganizationId = row.Agent.OrganizationId,
            Target = row.Agent.Id,
            Detail = JsonSerializer.Serialize(new Details(caller.Known?.KeyId, changed, before), ApiJson.Options),
        };

    /// <summary>The same of an agent below the one that it was done to.</summary>
    internal static AuditEvent Below(AuditEvent why, string agentId, string clientId) => why with
    {
        Id = Identifiers.New("aud_", why.At),
        ClientId = clientId,
        AgentId = agentId,
        Target = agentId,
        Detail = why.Target == agentId ? why.Detail : JsonSerializer.Serialize(new BelowDetails(why.Target), ApiJson.Options),
    };

    /// <param name="Above">The agent that it was done to.</param>
    private sealed record BelowDetails(string? Above);

    /// <param name="Key">The key that it was done with; null: a person did it, or an agent by a token.</param>
    private sealed record Details(string? Key, IReadOnlyList<string>? Changed, DateTimeOffset? Before);
}
