using System.Reflection;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http.Api;

/// <summary>A caller of what everybody may read. Who sends a developer's or an agent's credential sees their organization's own as well; a bad one is refused.</summary>
public sealed class Visitor : ICaller, IEndpointParameterMetadataProvider
{
    internal Visitor(Problem refusal) => Refusal = refusal;

    internal Visitor(string? organizationId) => OrganizationId = organizationId;

    public Problem? Refusal { get; }

    /// <summary><c>acct_…</c>; null: nobody in particular.</summary>
    public string? OrganizationId { get; }

    public static ValueTask<Visitor> BindAsync(HttpContext http, ParameterInfo parameter) =>
        http.RequestServices.GetRequiredService<Callers>().VisitorAsync(http);

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new AcceptedCredentials([.. AcceptedCredentials.OfDevelopers, SecuritySchemes.AgentKey], Optional: true));
}
