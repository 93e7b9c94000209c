using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Webhooks;

/// <summary><c>/api/v1/webhooks</c>. For people and their developer keys: whoever steers where an organization's events go is no agent.</summary>
internal static class WebhooksApi
{
    public static void MapWebhooks(this RouteGroupBuilder api)
    {
        var webhooks = api.MapGroup("/webhooks").WithTags("Webhooks");
        webhooks.MapPost("", (Body<NewWebhook> body, Developer developer, OrganizationWebhooks all, HttpContext http, CancellationToken ct) =>
                all.CreateAsync(http, developer, body.Value, ct))
            .Creates().WithName("createWebhook").WithSummary("Sends the named events of the organization to a URL from now on. The secret is shown this once.");
        webhooks.MapGet("", (Developer developer, Paging paging, OrganizationWebhooks all, CancellationToken ct) => all.ListAsync(developer, paging, ct))
            .WithName("listWebhooks").WithSummary("The organization's webhooks, newest first.");
        webhooks.MapGet("/{id}", (string id, Developer developer, OrganizationWebhooks all, CancellationToken ct) => all.FindAsync(developer, id, ct))
            .WithName("getWebhook").WithSummary("One webhook.");
        webhooks.MapPatch("/{id}", (string id, Body<WebhookChange> body, IfMatch ifMatch, Developer developer, OrganizationWebhooks all, HttpContext http, CancellationToken ct) =>
                all.ChangeAsync(http, developer, id, body.Value, ifMatch, ct))
            .WithName("changeWebhook").WithSummary("Changes a webhook's URL, events or description, or disables or enables it.");
        webhooks.MapDelete("/{id}", (string id, IfMatch ifMatch, Developer developer, OrganizationWebhooks all, HttpContext http, CancellationToken ct) =>
                all.DeleteAsync(http, developer, id, ifMatch, ct))
            .WithName("deleteWebhook").WithSummary("Deletes a webhook, what waits for it, and its log.");
        webhooks.MapPost("/{id}/rotate-secret", (string id, OptionalBody<SecretRotation> body, Developer developer, IfMatch match, OrganizationWebhooks all, HttpContext http, CancellationToken ct) =>
                all.RotateAsync(http, developer, id, body.Value, match, ct))
            .WithName("rotateWebhookSecret").WithSummary("Replaces the secret that messages are signed with, at once or with an overlap. It is shown this once.");
        MapLogs(webhooks);
    }

    private static void MapLogs(RouteGroupBuilder webhooks)
    {
        webhooks.MapGet("/{id}/logs", (string id, Developer developer, Paging paging, WebhookLogs logs, CancellationToken ct) => logs.ListAsync(developer, id, paging, ct))
            .WithName("listWebhookDeliveries").WithSummary("What a webhook was sent and what came of it, newest first.");
        webhooks.MapPost("/{id}/test", (string id, Developer developer, WebhookLogs logs, HttpContext http, CancellationToken ct) => logs.TestAsync(http, developer, id, ct))
            .WithName("testWebhook").WithSummary("Sends a webhook the event webhook.test.");
        webhooks.MapPost("/{id}/logs/{deliveryId}/replay", (string id, string deliveryId, Developer developer, WebhookLogs logs, HttpContext http, CancellationToken ct) =>
                logs.ReplayAsync(http, developer, id, deliveryId, ct))
            .WithName("replayWebhookDelivery").WithSummary("Sends a message again.");
    }
}
