using AuthServer.Agents;
using AuthServer.Delegations;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer;

/// <summary>The delegations of an organization, to each of its members: as a picture and in words.</summary>
public sealed class DeveloperDelegationsModel(SignedInReader signedIn, Memberships memberships, DelegationGraphs graphs, RegisteredAgents registered) : PageModel
{
    public IReadOnlyList<NamedMembership> Organizations { get; private set; } = [];

    /// <summary>Null: it has to be chosen first, or there is none.</summary>
    public NamedMembership? Organization { get; private set; }

    /// <summary>Those that one can choose.</summary>
    public IReadOnlyList<SeenAgent> Agents { get; private set; } = [];

    /// <summary>The agent that it is about; null: all of them.</summary>
    public string? AgentId { get; private set; }

    public DelegationGraph Graph { get; private set; } = new([], false);

    public async Task<IActionResult> OnGetAsync(string? organization, string? agent, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        var userId = reader.Person.Subject;
        Organizations = await memberships.NamedAsync(userId, ct);
        Organization = OrganizationChoice.Of(Organizations, organization);
        AgentId = string.IsNullOrEmpty(agent) ? null : Identifiers.Read("agt_", agent);
        if (Organization is null)
        {
            // Another's is not there; none is chosen where there are several.
            return organization is null ? Page() : NotFound();
        }

        Agents = await graphs.AgentsAsync(Organization.OrganizationId, ct);
        Graph = await graphs.FindAsync(DelegationParty.Member(Organization.OrganizationId, userId), AgentId, ct);

        // One of its own agents may have no part in any delegation; another's is not there.
        return string.IsNullOrEmpty(agent) || Graph.Hops.Count > 0 || (AgentId is not null && await IsOwnAsync(AgentId, userId, ct)) ? Page() : NotFound();
    }

    private async Task<bool> IsOwnAsync(string agentId, string userId, CancellationToken ct)
    {
        var member = new ActingParty(new Http.Api.Developer(Organization!.OrganizationId, userId, Organization.Role, null));
        return (await registered.FindAsync(member, agentId, ct)).Value is not null;
    }
}
