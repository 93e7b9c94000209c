using System.Reflection;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;

namespace AuthServer.Agents;

/// <summary>Which agents are asked for: <c>status</c>, <c>type</c>, and <c>q</c>, a part of the name.</summary>
public sealed record AgentFilter(AgentStatus? Status, AgentType? Type, string? Text, Problem? Refusal) : IRefusable, IEndpointParameterMetadataProvider
{
    private const int LongestText = 100;

    public static ValueTask<AgentFilter> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        var faults = new Faults();
        var status = QueryWord.Read<AgentStatus>(http, "status", faults);
        var type = QueryWord.Read<AgentType>(http, "type", faults);
        var text = http.Request.Query["q"].ToString();

        // PostgreSQL knows no text with a NUL in it.
        faults.Add("q", text.Length > LongestText || text.Any(char.IsControl) ? $"Use at most {LongestText} characters." : null);
        return ValueTask.FromResult(new AgentFilter(status, type, text.Length == 0 ? null : text, faults.Problem));
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "status", QueryWord.Rule<AgentStatus>()));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "type", QueryWord.Rule<AgentType>()));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Query, "q", "A part of the name."));
    }
}
