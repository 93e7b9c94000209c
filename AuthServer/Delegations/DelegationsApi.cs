using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Delegations;

/// <summary><c>/api/v1/delegations</c></summary>
internal static class DelegationsApi
{
    public static IServiceCollection AddDelegations(this IServiceCollection services) => services
        .AddSingleton<NewDelegations>().AddSingleton<ReceivedDelegations>().AddSingleton<GivenDelegations>().AddSingleton<TokenLimits>()
        .AddSingleton<DelegationGraphs>().AddSingleton<DelegationViews>().AddSingleton<PersonalActors>().AddSingleton<TokenChains>();

    public static void MapDelegations(this RouteGroupBuilder api)
    {
        const string read = "delegations.read";
        var all = api.MapGroup("/delegations").WithTags("Delegations");
        all.MapPost("", (Body<NewDelegation> body, ActingParty caller, NewDelegations delegations, HttpContext http, CancellationToken ct) =>
                delegations.CreateAsync(http, caller, body.Value, ct))
            .Creates().Requires("delegations.write").WithName("createDelegation").WithSummary("Lets another agent act with part of one's rights.");
        all.MapGet("", (ActingParty caller, DelegationFilter filter, Paging paging, GivenDelegations delegations, CancellationToken ct) =>
                delegations.ListAsync(caller, filter, paging, ct))
            .Requires(read).WithName("listDelegations").WithSummary("Delegations given and received, newest first; filters narrow the list.");
        all.MapGet("/{id}", (string id, ActingParty caller, GivenDelegations delegations, CancellationToken ct) => delegations.FindAsync(caller, id, ct))
            .Requires(read).WithName("getDelegation").WithSummary("One delegation.");
        all.MapGet("/{id}/chain", (string id, ActingParty caller, GivenDelegations delegations, CancellationToken ct) => delegations.ChainAsync(caller, id, ct))
            .Requires(read).WithName("getDelegationChain").WithSummary("The hops from the first to this one, and what they give together.");
        all.MapGet("/{id}/blast-radius", (string id, ActingParty caller, GivenDelegations delegations, CancellationToken ct) => delegations.BlastRadiusAsync(caller, id, ct))
            .Requires(read).WithName("getDelegationBlastRadius").WithSummary("What revoking it would end.");
        all.MapDelete("/{id}", (string id, ActingParty caller, GivenDelegations delegations, HttpContext http, CancellationToken ct) =>
                delegations.RevokeAsync(http, caller, id, ct))
            .Requires("delegations.delete").WithName("revokeDelegation").WithSummary("Ends it, all below it, and every token that came by it.");
        api.MapGet("/users/{id}/acting-agents", async Task<Answer<Page<PersonalActor>>> (Person person, string id, Paging paging, PersonalActors actors, CancellationToken ct) =>
            {
                if (Identifiers.Read("usr_", id) != person.UserId)
                {
                    return Problem.NotFound;
                }

                var found = await actors.ListAsync(person.UserId, ct);
                return new Page<PersonalActor>([.. found.Skip(paging.Offset).Take(paging.Limit)], new PageMeta(found.Count, paging.Limit, paging.Offset));
            })
            .WithTags("Users").WithName("listActingAgents").WithSummary("Who can act for the person now, directly or at the end of a chain.");
    }
}
