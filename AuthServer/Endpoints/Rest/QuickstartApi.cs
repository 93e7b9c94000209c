using AuthServer.Agents.Claims;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Endpoints.Rest;

/// <summary><c>/api/v1/agents/quickstart</c> and <c>/bootstrap</c>.</summary>
internal static class QuickstartApi
{
    public static void MapQuickstart(this RouteGroupBuilder api)
    {
        var agents = api.MapGroup("/agents").WithTags("Agents");
        agents.MapPost("/quickstart", (Body<NewUnclaimedAgent> body, Quickstart quickstart, HttpContext http, CancellationToken ct) => quickstart.StartAsync(http, body.Value, [], ct))
            .Creates().WithName("quickstartAgent").WithSummary("An agent without an account, its API key and its first tokens. A person claims it later, or it expires.");
        agents.MapPost("/bootstrap", (Body<NewUnclaimedAgent> body, Visitor visitor, Quickstart quickstart, HttpContext http, CancellationToken ct) =>
                quickstart.BootstrapAsync(http, visitor.Party, body.Value, ct))
            .Creates().WithName("bootstrapAgent").WithSummary("A root agent and its API key: of the caller's organization, or without a credential of nobody's, until a person claims it.");
    }
}
