using AuthServer.Delegations;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Delegations;

/// <summary>What began with the person's consent and was passed on, as a picture and in words.</summary>
public sealed class PersonDelegationsModel(SignedInReader signedIn, DelegationGraphs graphs) : PageModel
{
    public DelegationGraph Graph { get; private set; } = new([], false);

    /// <summary>The agent that it is about; null: all of them.</summary>
    public string? AgentId { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? agent, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        AgentId = agent is null ? null : Identifiers.Read("agt_", agent);
        if (agent is not null && AgentId is null)
        {
            return NotFound();
        }

        Graph = await graphs.FindAsync(DelegationParty.Person(reader.Person.Subject), AgentId, ct);
        return Page();
    }
}
