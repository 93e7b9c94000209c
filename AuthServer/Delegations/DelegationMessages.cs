using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.State;

namespace AuthServer.Delegations;

/// <summary>What an agent wants another to be able to do.</summary>
public sealed class NewDelegation
{
    /// <summary>Any active agent, <c>agt_…</c>.</summary>
    public string? DelegateAgentId { get; set; }

    /// <summary>Whose rights, where a developer calls; an agent that calls passes on its own.</summary>
    public string? DelegatorAgentId { get; set; }

    /// <summary>The delegation to pass on, <c>dlg_…</c>; left out: the one that the token came by, else own rights, else the newest that gives these scopes.</summary>
    public string? DelegationId { get; set; }

    public IReadOnlyList<string?>? Scopes { get; set; }

    /// <summary>A JSON array of constraints, beside those of the delegation that is passed on.</summary>
    public JsonElement? Constraints { get; set; }

    /// <summary>How many hops may follow: 0 to 10, else 3.</summary>
    public int? MaxChainDepth { get; set; }

    /// <summary>Never past the end of what is passed on; left out: that.</summary>
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>The same as a number of hours from now.</summary>
    public int? ExpiresInHours { get; set; }
}

/// <summary>One hop.</summary>
/// <param name="PrincipalId">In whose name it acts: a person, or the agent that began.</param>
/// <param name="ChainDepthRemaining">How many hops may follow.</param>
public sealed record DelegationItem(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("parent_delegation_id")] string? ParentDelegationId,
    [property: JsonPropertyName("delegator_agent_id")] string DelegatorAgentId,
    [property: JsonPropertyName("delegate_agent_id")] string DelegateAgentId,
    [property: JsonPropertyName("principal_id")] string PrincipalId,
    [property: JsonPropertyName("scopes")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("constraints")] JsonElement Constraints,
    [property: JsonPropertyName("chain_depth")] int ChainDepth,
    [property: JsonPropertyName("max_absolute_chain_depth")] int MaxAbsoluteChainDepth,
    [property: JsonPropertyName("chain_depth_remaining")] int ChainDepthRemaining,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt,
    [property: JsonPropertyName("revoked_at")] DateTimeOffset? RevokedAt,
    [property: JsonPropertyName("is_active")] bool IsActive)
{
    /// <summary>What may be used in all under it and what bounds it from above, and what is left of that; shown where one is asked for.</summary>
    [JsonPropertyName("limits")]
    public IReadOnlyList<DelegationLimitItem>? Limits { get; init; }

    internal static DelegationItem Of(Delegation row, DateTimeOffset now) => new(
        row.Id, row.ParentId, row.DelegatorId, row.DelegateId, row.PrincipalId, row.ScopeList, JsonElement.Parse(row.Constraints), row.ChainDepth,
        row.MaxAbsoluteChainDepth, row.MaxAbsoluteChainDepth - row.ChainDepth, row.CreatedAt, row.ExpiresAt, row.RevokedAt,
        row.RevokedAt is null && (row.ExpiresAt is null || row.ExpiresAt > now));
}

/// <param name="DelegationId">The hop that sets it.</param>
/// <param name="Key">What is counted.</param>
/// <param name="Type">max_subtree or budget.</param>
public sealed record DelegationLimitItem(
    [property: JsonPropertyName("delegation_id")] string DelegationId,
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("type")] LimitKind Type,
    [property: JsonPropertyName("limit")] decimal Limit,
    [property: JsonPropertyName("remaining")] decimal Remaining);

/// <summary>A chain from its first hop to the one asked about.</summary>
/// <param name="EffectiveScopes">What all hops have in common; none where one has ended.</param>
public sealed record DelegationChainItem(
    [property: JsonPropertyName("delegation_id")] string DelegationId,
    [property: JsonPropertyName("chain")] IReadOnlyList<DelegationItem> Chain,
    [property: JsonPropertyName("effective_scopes")] IReadOnlyList<string> EffectiveScopes);

/// <summary>What revoking a delegation would end.</summary>
/// <param name="Delegations">Live hops, itself among them.</param>
/// <param name="Agents">Who would lose by it: at most 100 of them.</param>
public sealed record BlastRadius(
    [property: JsonPropertyName("delegation_id")] string DelegationId,
    [property: JsonPropertyName("delegations")] long Delegations,
    [property: JsonPropertyName("agents")] IReadOnlyList<string> Agents);

/// <summary>What delegations leave in the trail.</summary>
public static class DelegationEvents
{
    public const string Created = "delegation.created";
    public const string Revoked = "delegation.revoked";

    /// <summary>Nobody asked for this end itself: who ended the key, and from where, stands with the key.</summary>
    internal static AuditEvent EndedWithKey(Delegation row, string keyId, DateTimeOffset now) => AuditEvent.Of(Revoked, AuditOutcomes.Success, now) with
    {
        Subject = row.PrincipalId,
        AgentId = row.DelegatorId,
        OrganizationId = row.OrganizationId,
        Target = row.Id,
        Detail = JsonSerializer.Serialize(new EndDetails(row.DelegateId, keyId), ApiJson.Options),
    };

    /// <param name="EndedKey">The API key that it was made by.</param>
    private sealed record EndDetails(string DelegateId, string EndedKey);
}
