using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Audit;

/// <summary><c>/api/v1/audit</c>, and a person's own part of the trail.</summary>
internal static class AuditApi
{
    public static void MapAudit(this RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("Audit");
        audit.MapGet("", OfOrganizationAsync)
            .WithName("listAuditEvents")
            .WithSummary("The organization's part of the trail, newest first.");
        audit.MapGet("/events", async Task<Answer<AuditEventPage>> (Developer developer, AuditListing listing, Paging paging, AuditViews views, CancellationToken ct) =>
                await views.EventsAsync(developer.OrganizationId, listing.Filter, paging.Limit, ct))
            .WithName("listAuditEventsOfAgentAuth")
            .WithSummary("The organization's part of the trail, newest first, in AgentAuth's form.");
        audit.MapGet("/export", (Developer developer, AuditListing listing, string? format, AuditExport export, HttpContext http, CancellationToken ct) =>
                export.WriteAsync(http, developer, listing.Filter, format, ct))
            .WithName("exportAuditEvents")
            .WithSummary("All of it that matches, one line for each event: NDJSON or CSV.")
            .Produces(StatusCodes.Status200OK, contentType: "application/x-ndjson", additionalContentTypes: "text/csv");
        audit.MapGet("/retention", (Developer developer, OrganizationRetention retention, CancellationToken ct) => retention.FindAsync(developer, ct))
            .Requires(Role.Admin)
            .WithName("getAuditRetention")
            .WithSummary("How long the organization's part of the trail is kept.");
        audit.MapPut("/retention", (Developer developer, Body<RetentionBody> body, IfMatch version, OrganizationRetention retention, HttpContext http, CancellationToken ct) =>
                retention.SetAsync(http, developer, body.Value, version, ct))
            .Requires(Role.Admin)
            .WithName("setAuditRetention")
            .WithSummary("Keep the organization's part of the trail for so many days, or as long as the installation keeps its own.");
        api.MapGet("/users/{id}/audit-logs", (Person person, string id, AuditListing listing, Paging paging, AuditViews views, CancellationToken ct) =>
                views.OfPersonAsync(person, id, listing.Filter, paging.Limit, ct))
            .WithTags("Audit")
            .WithName("listAuditEventsOfPerson")
            .WithSummary("What was done with the signed-in person's rights, newest first.");
    }

    private static async Task<Answer<Page<AuditEntry>>> OfOrganizationAsync(
        Developer developer, AuditListing listing, Paging paging, AuditViews views, CancellationToken ct) =>
        await views.OfOrganizationAsync(developer.OrganizationId, listing.Filter, paging.Limit, ct);
}
