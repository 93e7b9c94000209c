using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Endpoints.Rest;

/// <summary><c>/api/v1/consent</c>.</summary>
internal static class ConsentApi
{
    public static void MapConsent(this RouteGroupBuilder api)
    {
        var consent = api.MapGroup("/consent").WithTags("Consent");
        consent.MapPost("/initiate", (Body<ConsentRequestBody> body, ConsentRequests requests, HttpContext http, CancellationToken ct) => requests.FileAsync(http, body.Value, ct))
            .Creates().WithName("initiateConsent")
            .WithSummary("File a request for a person's consent; the answer says where the person decides.");
        consent.MapGet("/{id}", (string id, ConsentRequests requests, CancellationToken ct) => requests.FindAsync(id, ct))
            .WithName("getConsent")
            .WithSummary("What an open request asks for, for whoever knows its id.");
        consent.MapPost("/{id}/approve", (Person person, string id, OptionalBody<ConsentApprovalBody> body, ConsentRequests requests, HttpContext http, CancellationToken ct) =>
                requests.ApproveAsync(http, person, id, body.Value.Scopes, ct))
            .WithName("approveConsent")
            .WithSummary("Approve all or some of what is asked, in the person's own browser session.");
        consent.MapPost("/{id}/deny", (Person person, string id, ConsentRequests requests, HttpContext http, CancellationToken ct) => requests.DenyAsync(http, person, id, ct))
            .WithName("denyConsent")
            .WithSummary("Deny the request, in the person's own browser session.");
    }
}
