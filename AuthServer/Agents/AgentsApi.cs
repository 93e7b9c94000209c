using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Agents;

/// <summary><c>/api/v1/agents</c></summary>
internal static class AgentsApi
{
    public static void MapAgents(this RouteGroupBuilder api)
    {
        var agents = api.MapGroup("/agents").WithTags("Agents");
        MapReading(agents);
        agents.MapPost("", (Body<NewAgent> body, Developer developer, NewAgents all, HttpContext http, CancellationToken ct) =>
                all.RegisterAsync(http, developer, body.Value, ct))
            .WithName("createAgent").WithSummary("Registers an agent. Its secret is shown this once.");
    }

    private static void MapReading(RouteGroupBuilder agents)
    {
        agents.MapGet("", (Developer developer, AgentFilter filter, Paging paging, RegisteredAgents all, CancellationToken ct) =>
                all.ListAsync(developer, filter, paging, ct))
            .WithName("listAgents").WithSummary("The organization's agents, newest first; status, type and q narrow the list.");
        agents.MapGet("/{id}", (string id, Developer developer, RegisteredAgents all, CancellationToken ct) => all.FindAsync(developer, id, ct))
            .WithName("getAgent").WithSummary("One agent.");
        agents.MapGet("/{id}/children", (string id, Developer developer, Paging paging, RegisteredAgents all, CancellationToken ct) =>
                all.ChildrenAsync(developer, id, paging, ct))
            .WithName("listAgentChildren").WithSummary("The agents that an agent made.");
    }
}
