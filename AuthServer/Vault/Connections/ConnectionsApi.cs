using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Connections;

/// <summary><c>/api/v1/connections</c> and <c>/api/v1/connection-templates</c>.</summary>
internal static class ConnectionsApi
{
    private const string Read = "vault:connections:read";

    public static IServiceCollection AddVaultConnections(this IServiceCollection services) => services
        .AddSingleton<Connections>()
        .AddSingleton<ConnectionApps>()
        .AddSingleton<ConnectionNeeds>()
        .AddSingleton<ConnectionDrafts>()
        .AddSingleton<ConnectionSaves>()
        .AddSingleton<ConnectionViews>()
        .AddSingleton<OrganizationConnections>()
        .AddSingleton<ConnectionLife>()
        .AddSingleton<ConnectionHistory>()
        .AddSingleton<ConnectionFiles>()
        .AddSingleton<ConnectionReview>()
        .AddSingleton<AccessReviews>()
        .AddSingleton<ConnectionTemplates>()
        .AddSingleton<ConnectionProbe>()
        .AddSingleton<AccountProbe>()
        .AddSingleton<ConnectionTest>()
        .AddSingleton<ProviderKeys>();

    public static void MapConnections(this RouteGroupBuilder api)
    {
        var connections = api.MapGroup("/connections").WithTags("Connections");
        MapReading(connections);
        MapChanging(connections);
        MapTest(connections);
        MapHistory(connections);
        MapFiles(connections);
        api.MapGet("/connection-templates", (ActingParty caller, Paging paging, ConnectionTemplates templates, CancellationToken ct) => templates.ListAsync(caller, paging, ct))
            .Requires(Read).WithTags("Connections").WithName("listConnectionTemplates").WithSummary("For each provider, what a connection of it usually begins with.");
    }

    private static void MapReading(RouteGroupBuilder connections)
    {
        connections.MapGet("", (ActingParty caller, ConnectionFilter filter, Paging paging, OrganizationConnections all, CancellationToken ct) =>
                all.ListAsync(caller, filter, paging, ct))
            .Requires(Read).WithName("listConnections").WithSummary("The connections that the caller may see, newest first; an agent sees those that it may use.");
        connections.MapGet("/{id}", (string id, ActingParty caller, OrganizationConnections all, CancellationToken ct) => all.FindAsync(caller, id, ct))
            .Requires(Read).WithName("getConnection").WithSummary("One connection, without its secret.");
        connections.MapGet("/{id}/access", (string id, Developer developer, Paging paging, ConnectionReview review, CancellationToken ct) => review.ListAsync(developer, id, paging, ct))
            .WithName("listConnectionAccess").WithSummary("Who can see, change and use a connection, for a review.");
        connections.MapGet("/access", (Developer developer, Paging paging, AccessReviews reviews, CancellationToken ct) => reviews.ListAsync(developer, paging, ct))
            .WithName("listAccessReviews").WithSummary("Who may see, change and use each connection, when it was last used, what speaks against it and when somebody found it right.");
        connections.MapPost("/{id}/access/review", (string id, IfMatch match, Developer developer, AccessReviews reviews, HttpContext http, CancellationToken ct) =>
                reviews.ConfirmAsync(http, developer, id, match, ct))
            .WithName("reviewConnectionAccess").WithSummary("Notes that an admin found right who may see, change and use a connection.");
    }

    private static void MapChanging(RouteGroupBuilder connections)
    {
        connections.MapPost("", (Body<NewConnection> body, Developer developer, OrganizationConnections all, HttpContext http, CancellationToken ct) =>
                all.CreateAsync(http, developer, body.Value, ct))
            .Creates().WithName("createConnection").WithSummary("Makes a connection: active at once where nothing is missing, else a draft.");
        connections.MapPatch("/{id}", (string id, Body<ConnectionChange> body, IfMatch match, Developer developer, OrganizationConnections all, HttpContext http, CancellationToken ct) =>
                all.ChangeAsync(http, developer, id, body.Value, match, ct))
            .WithName("updateConnection").WithSummary("Changes a connection; what is left out stays, null takes away. With If-Match, only the version that was read.");
        connections.MapDelete("/{id}", (string id, [FromQuery] bool? force, IfMatch match, Developer developer, OrganizationConnections all, HttpContext http, CancellationToken ct) =>
                all.DeleteAsync(http, developer, id, force ?? false, match, ct))
            .WithName("deleteConnection").WithSummary("Deletes a connection and its secret; with force=true also accounts that are connected by it, with their tokens.");
        connections.MapPost("/{id}/activate", (string id, IfMatch match, Developer developer, ConnectionLife life, HttpContext http, CancellationToken ct) =>
                life.ActivateAsync(http, developer, id, match, ct))
            .WithName("activateConnection").WithSummary("Puts a connection into service; refused while something is missing, which the answer says.");
        connections.MapPost("/{id}/deactivate", (string id, IfMatch match, Developer developer, ConnectionLife life, HttpContext http, CancellationToken ct) =>
                life.DeactivateAsync(http, developer, id, match, ct))
            .WithName("deactivateConnection").WithSummary("Takes a connection out of service until it is activated again.");
    }

    private static void MapTest(RouteGroupBuilder connections) =>
        connections.MapPost("/{id}/test", (string id, Developer developer, ConnectionTest test, HttpContext http, CancellationToken ct) => test.RunAsync(http, developer, id, ct))
            .WithName("testConnection").WithSummary("Asks the provider about the credential by a real call: accepted, limited, refused or cannot tell, with the usual cause and the next step.");

    private static void MapHistory(RouteGroupBuilder connections)
    {
        connections.MapGet("/{id}/versions", (string id, Developer developer, Paging paging, ConnectionHistory history, CancellationToken ct) =>
                history.ListAsync(developer, id, paging, ct))
            .WithName("listConnectionVersions").WithSummary("Every change of a connection, newest first.");
        connections.MapGet("/{id}/versions/{number:int}", (string id, int number, [FromQuery] int? against, Developer developer, ConnectionHistory history, CancellationToken ct) =>
                history.FindAsync(developer, id, number, against, ct))
            .WithName("getConnectionVersion").WithSummary("A version of a connection, and what differs in another, else in the present one.");
        connections.MapPost(
                "/{id}/versions/{number:int}/restore",
                (string id, int number, IfMatch match, Developer developer, ConnectionHistory history, HttpContext http, CancellationToken ct) =>
                    history.RestoreAsync(http, developer, id, number, match, ct))
            .WithName("restoreConnectionVersion").WithSummary("Sets a connection to what it was in a version; status and secret stay.");
    }

    private static void MapFiles(RouteGroupBuilder connections)
    {
        connections.MapGet("/{id}/export", (string id, Developer developer, ConnectionFiles files, CancellationToken ct) => files.ExportAsync(developer, id, ct))
            .WithName("exportConnection").WithSummary("A connection as a file for review, without its secret.");
        connections.MapPost(
                "/import",
                (Body<ConnectionImport> body, [FromQuery(Name = "dry_run")] bool? dryRun, Developer developer, ConnectionFiles files, HttpContext http, CancellationToken ct) =>
                    files.ImportAsync(http, developer, body.Value, dryRun ?? false, ct))
            .WithName("importConnections").WithSummary("Makes drafts of files, and changes connections of the same name; with dry_run=true it only says what would be done.");
    }
}
