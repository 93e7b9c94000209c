using AuthServer.Agents;
using AuthServer.Delegations;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer;

/// <summary>The delegations of an organization, to each of its members: as a picture and in words.</summary>
public sealed class DeveloperDelegationsModel(Seats seats, DelegationGraphs graphs, RegisteredAgents registered) : OrganizationPage(seats)
{
    /// <summary>Those that one can choose.</summary>
    public IReadOnlyList<SeenAgent> Agents { get; private set; } = [];

    /// <summary>The agent that it is about; null: all of them.</summary>
    public string? AgentId { get; private set; }

    public DelegationGraph Graph { get; private set; } = new([], false);

    public async Task<IActionResult> OnGetAsync(string? organization, string? agent, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        AgentId = string.IsNullOrEmpty(agent) ? null : Identifiers.Read("agt_", agent);
        if (Seat is not { Member: var member })
        {
            return Page();
        }

        Agents = await graphs.AgentsAsync(member.OrganizationId, ct);
        Graph = await graphs.FindAsync(DelegationParty.Member(member.OrganizationId, member.UserId), AgentId, ct);

        // One of its own agents may have no part in any delegation; another's is not there.
        return string.IsNullOrEmpty(agent) || Graph.Hops.Count > 0 || (AgentId is not null && (await registered.FindAsync(new ActingParty(member), AgentId, ct)).Value is not null) ? Page() : NotFound();
    }
}
