using AuthServer.Policies;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>The policies that can bind an agent, in the order in which they are asked.</summary>
public sealed class AgentPoliciesPageModel(AgentDesk desk, AgentPolicies policies) : AgentPage(desk)
{
    public IReadOnlyList<PolicyItem> Policies { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Policies = await policies.ConcerningAsync(Seat.Member, Agent.Id, ct);
        return Page();
    }
}
