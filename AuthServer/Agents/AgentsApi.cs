using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Agents;

/// <summary><c>/api/v1/agents</c></summary>
internal static class AgentsApi
{
    private const string Read = "agents.read";
    private const string Write = "agents.write";

    public static void MapAgents(this RouteGroupBuilder api)
    {
        var agents = api.MapGroup("/agents").WithTags("Agents");
        MapReading(agents);
        MapChanging(agents);
        MapLife(agents);
        MapCredentials(agents);
    }

    private static void MapChanging(RouteGroupBuilder agents)
    {
        agents.MapPost("", (Body<NewAgent> body, ActingParty caller, NewAgents all, HttpContext http, CancellationToken ct) =>
                all.RegisterAsync(http, caller, body.Value, ct))
            .Creates().Requires(Write).WithName("createAgent").WithSummary("Registers an agent; an agent that calls is its parent. Its secret is shown this once.");
        foreach (var (method, name) in new[] { (HttpMethods.Patch, "updateAgent"), (HttpMethods.Put, "replaceAgent") })
        {
            agents.MapMethods("/{id}", [method], (string id, Body<AgentChange> body, IfMatch match, ActingParty caller, AgentChanges all, HttpContext http, CancellationToken ct) =>
                    all.ChangeAsync(http, caller, id, body.Value, match, ct))
                .Requires(Write).WithName(name).WithSummary("Changes an agent; what is left out stays. With If-Match, only the version that was read.");
        }
    }

    private static void MapLife(RouteGroupBuilder agents)
    {
        agents.MapPost("/{id}/suspend", (string id, Developer developer, AgentLife all, HttpContext http, CancellationToken ct) =>
                all.SuspendAsync(http, developer, id, ct))
            .WithName("suspendAgent").WithSummary("Ends all its tokens, and gives it none until it is resumed.");
        agents.MapPost("/{id}/resume", (string id, Developer developer, AgentLife all, HttpContext http, CancellationToken ct) =>
                all.ResumeAsync(http, developer, id, ct))
            .WithName("resumeAgent").WithSummary("Lets it ask for tokens again; none of the old ones comes back.");
        agents.MapPost("/{id}/revoke", (string id, Developer developer, AgentLife all, HttpContext http, CancellationToken ct) =>
                all.RevokeAsync(http, developer, id, ct))
            .Requires(Role.Admin).WithName("revokeAgent").WithSummary("Ends it and all its tokens for good.");
        agents.MapDelete("/{id}", (string id, ActingParty caller, AgentLife all, HttpContext http, CancellationToken ct) => all.DeleteAsync(http, caller, id, ct))
            .Requires(Role.Admin).Requires("agents.delete").WithName("deleteAgent").WithSummary("The same as revoke; the trail keeps its name.");
        agents.MapPost("/{id}/end", (string id, OptionalBody<TokenEnd> body, Developer developer, AgentLife all, HttpContext http, CancellationToken ct) =>
                all.EndAsync(http, developer, id, body.Value, ct))
            .WithName("endAgentTokens").WithSummary("Ends every token that it has, or had before a moment; it may ask for new ones.");
    }

    private static void MapCredentials(RouteGroupBuilder agents)
    {
        agents.MapPost("/{id}/rotate-secret", (string id, OptionalBody<ClientSecretRotation> body, Developer developer, AgentSecrets all, HttpContext http, CancellationToken ct) =>
                all.RotateAsync(http, developer, id, body.Value, ct))
            .WithName("rotateAgentSecret").WithSummary("Gives it a new secret, shown this once. The old one is dead at once, or when the overlap ends.");
        agents.MapGet("/{id}/secrets", (string id, Developer developer, AgentSecrets all, CancellationToken ct) => all.ListAsync(developer, id, ct))
            .WithName("listAgentSecrets").WithSummary("Its secrets by their first characters.");
        agents.MapPut("/{id}/jwks", (string id, Body<NewKeys> body, ActingParty caller, OwnKeys all, HttpContext http, CancellationToken ct) =>
                all.ReplaceAsync(http, caller, id, body.Value, ct))
            .Requires(CredentialsApi.Write).WithName("replaceAgentKeys")
            .WithSummary("Its public keys. Set by a developer, it proves itself by them from now on, and its secrets are dead; set by an agent with its API key, its delegated tokens are bound to them until that key ends; an empty set by a developer takes those away.");
    }

    private static void MapReading(RouteGroupBuilder agents)
    {
        agents.MapGet("", (ActingParty caller, AgentFilter filter, Paging paging, RegisteredAgents all, CancellationToken ct) =>
                all.ListAsync(caller, filter, paging, ct))
            .Requires(Read).WithName("listAgents").WithSummary("The agents that the caller knows, newest first; status, type and q narrow the list.");
        agents.MapGet("/{id}", (string id, ActingParty caller, RegisteredAgents all, CancellationToken ct) => all.FindAsync(caller, id, ct))
            .Requires(Read).WithName("getAgent").WithSummary("One agent.");
        agents.MapGet("/{id}/credential", (string id, ActingParty caller, AgentCredential credential, CancellationToken ct) => credential.SignAsync(caller, id, ct))
            .Requires(Read).WithName("getAgentCredential").WithSummary("Who the agent is, as a document signed by this server, for an hour. It gives no access.");
        agents.MapGet("/{id}/children", (string id, ActingParty caller, Paging paging, RegisteredAgents all, CancellationToken ct) =>
                all.ChildrenAsync(caller, id, paging, ct))
            .Requires(Read).WithName("listAgentChildren").WithSummary("The agents that an agent made.");
    }
}
