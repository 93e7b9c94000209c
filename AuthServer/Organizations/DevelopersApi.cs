using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Organizations;

internal static class DevelopersApi
{
    public static void MapDevelopers(this RouteGroupBuilder api)
    {
        var developers = api.MapGroup("/developers").WithTags("Developers");
        developers.MapPost("/register", (Body<NewDeveloper> body, Developers developers, HttpContext http, CancellationToken ct) =>
                developers.RegisterAsync(http, body.Value, ct))
            .Creates().WithName("registerDeveloper").WithSummary("Make an account, an organization and its first key.");
        developers.MapPost("/login", (Body<DeveloperCredentials> body, Developers developers, HttpContext http, CancellationToken ct) =>
                developers.LoginAsync(http, body.Value, ct))
            .WithName("loginDeveloper").WithSummary("Sign in to an organization, for a token of 15 minutes.");
        developers.MapGet("/me", (Developer developer, Developers developers, CancellationToken ct) => developers.FindAsync(developer, ct))
            .WithName("getDeveloper").WithSummary("Who the caller is, and in which organization.");

        var keys = developers.MapGroup("/api-keys").WithTags("Developer keys");
        keys.MapGet("", (Developer developer, Paging paging, OrganizationKeys keys, CancellationToken ct) => keys.ListAsync(developer, paging, ct))
            .WithName("listDeveloperKeys").WithSummary("The organization's live keys.");
        keys.MapPost("", (Body<NewKey> body, Developer developer, OrganizationKeys keys, HttpContext http, CancellationToken ct) =>
                keys.CreateAsync(http, developer, body.Value, ct))
            .Requires(Role.Admin).Creates().WithName("createDeveloperKey").WithSummary("Make a key; it is shown once.");
        keys.MapPost("/rotate", (OptionalBody<KeyRotation> body, Developer developer, OrganizationKeys keys, HttpContext http, CancellationToken ct) =>
                keys.RotateAsync(http, developer, body.Value, ct))
            .Requires(Role.Auditor).WithName("rotateDeveloperKey").WithSummary("Put a new key in the place of the one that is presented.");
        keys.MapDelete("/{id}", (string id, Developer developer, OrganizationKeys keys, HttpContext http, CancellationToken ct) =>
                keys.RevokeAsync(http, developer, id, ct))
            .Requires(Role.Admin).WithName("revokeDeveloperKey").WithSummary("End a key, everywhere and at once.");
    }
}
