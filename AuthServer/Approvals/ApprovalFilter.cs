using System.Reflection;
using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Approvals;

/// <summary>Which approvals are asked for: <c>status</c> and <c>agent_id</c>.</summary>
public sealed record ApprovalFilter(ApprovalStatus? Status, string? AgentId, Problem? Refusal = null) : IRefusable, IEndpointParameterMetadataProvider
{
    public static ApprovalFilter All { get; } = new(null, null);

    public static ValueTask<ApprovalFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        var status = QueryWord.Read<ApprovalStatus>(http, "status", faults);
        var agent = AgentIdFilter.Read(http, "agent_id", "agentId", faults);
        return ValueTask.FromResult(new ApprovalFilter(status, agent, faults.Problem));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "status", QueryWord.Rule<ApprovalStatus>()));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "agent_id", "Only those of this agent."));
    }
}
