using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Endpoints.Rest;

/// <summary><c>/api/v1/agents/quickstart</c></summary>
internal static class QuickstartApi
{
    public static void MapQuickstart(this RouteGroupBuilder api) => api.MapGroup("/agents").WithTags("Agents")
        .MapPost("/quickstart", (Body<NewUnclaimedAgent> body, Quickstart quickstart, HttpContext http, CancellationToken ct) => quickstart.StartAsync(http, body.Value, [], ct))
        .Creates().WithName("quickstartAgent").WithSummary("An agent without an account, its API key and its first tokens. A person claims it later, or it expires.");
}
