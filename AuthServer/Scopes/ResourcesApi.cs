using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Scopes;

/// <summary><c>/api/v1/resources</c>: the protected APIs of an organization.</summary>
internal static class ResourcesApi
{
    private const string Tag = "Resource servers";

    public static void MapResources(this RouteGroupBuilder api)
    {
        api.MapGet("/resources", (Paging paging, Developer developer, ResourceServers servers, CancellationToken ct) => servers.ListAsync(developer, paging, ct))
            .WithTags(Tag).WithSummary("Lists the organization's APIs.").WithName("listResources");
        api.MapGet("/resources/{id}", (string id, Developer developer, ResourceServers servers, CancellationToken ct) => servers.GetAsync(developer, id, ct))
            .WithTags(Tag).WithSummary("Shows one of the organization's APIs.").WithName("getResource");
        api.MapPost("/resources", (Body<NewResource> body, Developer developer, ResourceServers servers, HttpContext http, CancellationToken ct) =>
                servers.RegisterAsync(http, developer, body.Value, ct))
            .Requires(Role.Admin).Creates().WithTags(Tag).WithSummary("Registers an API, and makes the client by which it introspects its tokens.").WithName("createResource");
        api.MapPatch("/resources/{id}", (string id, Body<ResourceChange> body, IfMatch ifMatch, Developer developer, ResourceServers servers, HttpContext http, CancellationToken ct) =>
                servers.ChangeAsync(http, developer, id, body.Value, ifMatch, ct))
            .Requires(Role.Admin).WithTags(Tag).WithSummary("Changes an API's name, its scopes, or who may introspect its tokens.").WithName("changeResource");
        api.MapPost("/resources/{id}/rotate-secret", (string id, OptionalBody<ClientSecretRotation> body, Developer developer, ResourceSecrets secrets, HttpContext http, CancellationToken ct) =>
                secrets.RotateAsync(http, developer, id, body.Value, ct))
            .Requires(Role.Admin).WithTags(Tag).WithSummary("Replaces the secret by which an API introspects its tokens, at once or with an overlap.").WithName("rotateResourceSecret");
        api.MapDelete("/resources/{id}", (string id, IfMatch ifMatch, Developer developer, ResourceServers servers, HttpContext http, CancellationToken ct) =>
                servers.DeleteAsync(http, developer, id, ifMatch, ct))
            .Requires(Role.Admin).WithTags(Tag).WithSummary("Removes an API: no more tokens are made for it.").WithName("deleteResource");
    }
}
