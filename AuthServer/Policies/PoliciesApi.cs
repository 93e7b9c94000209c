using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Policies;

/// <summary><c>/api/v1/policies</c></summary>
internal static class PoliciesApi
{
    // Of an agent. It writes none: what binds it must not be its own to change.
    private const string Read = "policies.read";

    public static void MapPolicies(this RouteGroupBuilder api)
    {
        var policies = api.MapGroup("/policies").WithTags("Policies");
        MapReading(policies);
        MapTrying(policies);
        policies.MapPost("", (Body<PolicyBody> body, Developer developer, OrganizationPolicies all, HttpContext http, CancellationToken ct) =>
                all.CreateAsync(http, developer, body.Value, ct))
            .Creates().WithName("createPolicy").WithSummary("Makes a policy. It is in force when this answers.");
        policies.MapPatch("/{id}", (string id, Body<PolicyBody> body, IfMatch ifMatch, Developer developer, OrganizationPolicies all, HttpContext http, CancellationToken ct) =>
                all.ChangeAsync(http, developer, id, body.Value, whole: false, ifMatch, ct))
            .WithName("changePolicy").WithSummary("Changes what is named of a policy; the rest stays.");
        policies.MapPut("/{id}", (string id, Body<PolicyBody> body, IfMatch ifMatch, Developer developer, OrganizationPolicies all, HttpContext http, CancellationToken ct) =>
                all.ChangeAsync(http, developer, id, body.Value, whole: true, ifMatch, ct))
            .WithName("replacePolicy").WithSummary("Replaces a policy whole; what is not named gets its default.");
        policies.MapDelete("/{id}", (string id, IfMatch ifMatch, Developer developer, OrganizationPolicies all, HttpContext http, CancellationToken ct) =>
                all.DeleteAsync(http, developer, id, ifMatch, ct))
            .WithName("deletePolicy").WithSummary("Deletes a policy.");
    }

    private static void MapReading(RouteGroupBuilder policies)
    {
        policies.MapGet("", (AgentIdFilter of, ActingParty caller, Paging paging, OrganizationPolicies all, AgentPolicies own, CancellationToken ct) =>
                caller.Agent is { } agent ? own.ListAsync(agent, of, paging, ct) : all.ListAsync(caller.Developer!, of, paging, ct))
            .Requires(Read).WithName("listPolicies")
            .WithSummary("The organization's policies, highest priority first, or those that bind the agent that calls and what it made; agent_id narrows the list.");
        policies.MapGet("/syntax", (Visitor visitor) => (Answer<PolicySyntax>)PolicySyntax.Current)
            .WithName("getPolicySyntax").WithSummary("How policies are written: rules, their members, examples.");
        policies.MapGet("/{id}", (string id, ActingParty caller, OrganizationPolicies all, AgentPolicies own, CancellationToken ct) =>
                caller.Agent is { } agent ? own.FindAsync(agent, id, ct) : all.FindAsync(caller.Developer!, id, ct))
            .Requires(Read).WithName("getPolicy").WithSummary("One policy.");
    }

    private static void MapTrying(RouteGroupBuilder policies)
    {
        policies.MapPost("/evaluate", (Body<EvaluationBody> body, ActingParty caller, PolicyEvaluation evaluation, HttpContext http, CancellationToken ct) =>
                evaluation.EvaluateAsync(http, caller, body.Value, ct))
            .Requires(Read).WithName("evaluatePolicies").WithSummary("What an agent would be answered now. Nothing is counted and nothing recorded.");
        policies.MapPost("/simulate", (Body<SimulationBody> body, Developer developer, Simulation simulation, HttpContext http, CancellationToken ct) =>
                simulation.RunAsync(http, developer, body.Value, ct))
            .WithName("simulatePolicies").WithSummary("What the recorded decisions would have been with a policy more, another, or one less.");
    }
}
