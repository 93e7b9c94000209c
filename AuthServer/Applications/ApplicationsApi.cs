using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Applications;

/// <summary><c>/api/v1/applications</c>: an organization's OAuth clients.</summary>
internal static class ApplicationsApi
{
    public static void MapApplications(this RouteGroupBuilder api)
    {
        var all = api.MapGroup("/applications").WithTags("Applications");
        all.MapGet("", (Developer developer, Paging paging, OrganizationApplications applications, CancellationToken ct) => applications.ListAsync(developer, paging, ct))
            .WithName("listApplications").WithSummary("The organization's OAuth clients, newest first.");
        all.MapPost("", (Body<NewApplication> body, Developer developer, OrganizationApplications applications, HttpContext http, CancellationToken ct) =>
                applications.CreateAsync(http, developer, body.Value, ct))
            .Creates().WithName("createApplication").WithSummary("Makes an OAuth client. Its secret, where its kind keeps one, is shown this once.");
        all.MapGet("/{id}", (string id, Developer developer, OrganizationApplications applications, CancellationToken ct) => applications.FindAsync(developer, id, ct))
            .WithName("getApplication").WithSummary("One OAuth client, also one that was removed.");
        all.MapPatch("/{id}", (string id, Body<ApplicationChange> body, Developer developer, IfMatch match, OrganizationApplications applications, HttpContext http, CancellationToken ct) =>
                applications.ChangeAsync(http, developer, id, body.Value, match, ct))
            .WithName("updateApplication").WithSummary("Changes an OAuth client; what is left out stays. With If-Match, only the version that was read.");
        all.MapDelete("/{id}", (string id, Developer developer, ApplicationLife life, HttpContext http, CancellationToken ct) => life.RemoveAsync(http, developer, id, ct))
            .Requires(Role.Admin).WithName("deleteApplication").WithSummary("Ends it and all its tokens for good.");
        all.MapPost("/{id}/disable", (string id, Developer developer, ApplicationLife life, HttpContext http, CancellationToken ct) => life.DisableAsync(http, developer, id, ct))
            .WithName("disableApplication").WithSummary("Ends all its tokens, and gives it none until it is enabled.");
        all.MapPost("/{id}/enable", (string id, Developer developer, ApplicationLife life, HttpContext http, CancellationToken ct) => life.EnableAsync(http, developer, id, ct))
            .WithName("enableApplication").WithSummary("Lets it ask for tokens again; none of the old ones comes back.");
        all.MapGet("/{id}/secrets", (string id, Developer developer, ApplicationLife life, CancellationToken ct) => life.SecretsAsync(developer, id, ct))
            .WithName("listApplicationSecrets").WithSummary("Its secrets by their first characters.");
        all.MapPost("/{id}/rotate-secret", (string id, OptionalBody<ClientSecretRotation> body, Developer developer, ApplicationLife life, HttpContext http, CancellationToken ct) =>
                life.RotateAsync(http, developer, id, body.Value, ct))
            .WithName("rotateApplicationSecret").WithSummary("Gives it a new secret, shown this once. The old one is dead at once, or when the overlap ends.");
    }
}
