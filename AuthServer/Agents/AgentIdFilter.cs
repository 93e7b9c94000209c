using System.Reflection;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Agents;

/// <summary>Of which agent a list is: <c>agent_id</c>, also written <c>agentId</c>; an agent that calls may leave itself out.</summary>
public sealed record AgentIdFilter(string? AgentId) : IEndpointParameterMetadataProvider
{
    public static ValueTask<AgentIdFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var query = http.Request.Query;
        return ValueTask.FromResult(new AgentIdFilter((query.TryGetValue("agent_id", out var named) || query.TryGetValue("agentId", out named)) ? named.ToString() : null));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "agent_id", "The agent, agt_…; an agent that calls may leave itself out."));
}
