using System.Reflection;
using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Delegations;

/// <summary>Which delegations are asked for: <c>agent_id</c> on either side, <c>delegator_agent_id</c>, <c>delegate_agent_id</c>, <c>direction</c> as
/// that agent or the caller sees it, <c>is_active</c>; names also in camelCase.</summary>
public sealed record DelegationFilter(string? AgentId, string? DelegatorId, string? DelegateId, bool? Given, bool? IsActive, Problem? Refusal)
    : IRefusable, IEndpointParameterMetadataProvider
{
    private static readonly (string Name, string Otherwise, string Description)[] Described =
    [
        ("agent_id", "agentId", "Given or received by this agent, agt_…."), ("delegator_agent_id", "delegatorAgentId", "Given by this agent."),
        ("delegate_agent_id", "delegateAgentId", "Received by this agent."),
        ("direction", "direction", "given or received: by the agent of agent_id, or by the agent that calls."),
        ("is_active", "isActive", "true: neither revoked nor expired; false: the others."),
    ];

    public static ValueTask<DelegationFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        return ValueTask.FromResult(new DelegationFilter(
            Agent(http, 0, faults), Agent(http, 1, faults), Agent(http, 2, faults), Word(http, 3, "given", "received", faults), Word(http, 4, "true", "false", faults), faults.Problem));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        foreach (var (name, _, description) in Described)
        {
            builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, name, description));
        }
    }

    /// <summary>Whose side is meant can be asked of an agent alone.</summary>
    internal Problem? RefuseTo(DelegationParty caller) => Given is not null && AgentId is null && caller.AgentId is null
        ? Problem.Invalid("direction", "Name the agent in agent_id whose side is meant.")
        : null;

    internal IQueryable<Delegation> Narrow(IQueryable<Delegation> rows, DelegationParty caller, DateTimeOffset now)
    {
        var side = AgentId ?? caller.AgentId;
        var narrowed = rows.Where(row =>
            (AgentId == null || row.DelegatorId == AgentId || row.DelegateId == AgentId)
            && (DelegatorId == null || row.DelegatorId == DelegatorId)
            && (DelegateId == null || row.DelegateId == DelegateId));
        narrowed = Given switch
        {
            true => narrowed.Where(row => row.DelegatorId == side),
            false => narrowed.Where(row => row.DelegateId == side),
            null => narrowed,
        };
        return IsActive switch
        {
            true => narrowed.Live(now),
            false => narrowed.Where(row => row.RevokedAt != null || (row.ExpiresAt != null && row.ExpiresAt <= now)),
            null => narrowed,
        };
    }

    private static string? Agent(HttpContext http, int described, Faults faults) =>
        AgentIdFilter.Read(http, Described[described].Name, Described[described].Otherwise, faults);

    private static bool? Word(HttpContext http, int described, string yes, string no, Faults faults)
    {
        var (name, otherwise, _) = Described[described];
        var query = http.Request.Query;
        var said = query.TryGetValue(name, out var value) || query.TryGetValue(otherwise, out value) ? value.ToString() : null;
        faults.Add(name, said is null || said == yes || said == no ? null : $"Give {yes} or {no}.");
        return said is null ? null : said == yes;
    }
}
