using System.Reflection;
using System.Text;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Protocol;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace AuthServer.Policies.AuthZen;

/// <summary>A policy enforcement point (AuthZEN §2): a developer of an organization, or one of its APIs by the API's own credential. It asks about
/// that organization's agents only.</summary>
public sealed class Enforcer : ICaller, IEndpointParameterMetadataProvider
{
    private const string RequestId = "X-Request-ID";
    private const int LongestRequestId = 200;

    private readonly string? _organizationId;

    private Enforcer(Problem refusal, KnownCaller? known = null) => (Refusal, Known) = (refusal, known);

    private Enforcer(string organizationId, string name, KnownCaller? known) => (_organizationId, Name, Known) = (organizationId, name, known);

    public Problem? Refusal { get; }

    public KnownCaller? Known { get; }

    /// <summary><c>acct_…</c></summary>
    public string OrganizationId => _organizationId ?? throw new InvalidOperationException("A refused caller was used.");

    /// <summary>As the trail names it: a developer key, a person or a client id.</summary>
    public string Name { get; } = "";

    public static async ValueTask<Enforcer> BindAsync(HttpContext http, ParameterInfo parameter)
    {
        EchoRequestId(http);
        if (http.Request.Headers.Authorization.ToString().StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && http.Request.Headers[Callers.KeyHeader].Count == 0)
        {
            return await ByClientAsync(http);
        }

        var developer = await http.RequestServices.GetRequiredService<Callers>().DeveloperAsync(http);
        return developer.Refusal is { } refusal
            ? new(refusal, developer.Known)
            : new(developer.OrganizationId, developer.KeyId ?? developer.UserId, developer.Known);
    }

    /// <summary>For the OpenAPI document.</summary>
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder)
    {
        builder.Metadata.Add(new AcceptedCredentials([.. AcceptedCredentials.OfDevelopers, SecuritySchemes.Client]));
        builder.Metadata.Add(new RequestParameter(ParameterLocation.Header, RequestId, "Comes back with the answer."));
    }

    private static async Task<Enforcer> ByClientAsync(HttpContext http)
    {
        var (services, ct) = (http.RequestServices, http.RequestAborted);
        if ((await services.GetRequiredService<ClientAuthentication>().AuthenticateAsync(http, Parameters.Of(), ct)).Failed(out var error, out var client))
        {
            return new(error.Code == TooManyRequests.Code ? Problem.TooMany(error.Description) : Unknown(http));
        }

        var owner = await services.GetRequiredService<ResourceCatalog>().OwnerOfAsync(client, ct);
        var known = new KnownCaller(null, owner ?? client.Agent?.OrganizationId, ClientId: client.ClientId);
        return owner is null ? new(Problem.Forbidden("no_api", "This client is not an API of an organization."), known) : new(owner, client.ClientId, known);
    }

    private static Problem Unknown(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"AuthServer\", charset=\"UTF-8\"";
        return Problem.Unauthenticated("The credential is unknown or wrong.");
    }

    /// <summary>AuthZEN §10.1.4: the answer carries the request's identifier, whatever the answer is.</summary>
    private static void EchoRequestId(HttpContext http)
    {
        if (http.Request.Headers[RequestId] is [{ Length: > 0 and <= LongestRequestId } id] && Ascii.IsValid(id) && !id.Any(char.IsControl))
        {
            http.Response.Headers[RequestId] = id;
        }
    }
}
