using System.Reflection;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Agents;

/// <summary>Of which agent a list is: <c>agent_id</c>, also written <c>agentId</c>; an agent that calls may leave itself out.</summary>
/// <param name="AgentId">As this server writes it; null: none was named.</param>
public sealed record AgentIdFilter(string? AgentId, Problem? Refusal) : IRefusable, IEndpointParameterMetadataProvider
{
    private const string Name = "agent_id";

    public static ValueTask<AgentIdFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        var id = Read(http, Name, "agentId", faults);
        return ValueTask.FromResult(new AgentIdFilter(id, faults.Problem));
    }

    /// <summary>An agent's id in the query, in either spelling, also written as a UUID; null where there is none, or none that can be read.</summary>
    internal static string? Read(HttpContext http, string name, string otherwise, Faults faults)
    {
        var query = http.Request.Query;
        var named = query.TryGetValue(name, out var value) || query.TryGetValue(otherwise, out value) ? value.ToString() : null;
        var id = named is null ? null : Identifiers.Read("agt_", named);
        faults.Add(name, named is null == id is null ? null : "Name an agent: agt_…");
        return id;
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, Name, "The agent, agt_…; an agent that calls may leave itself out."));
}
