using AuthServer.Pages.Developer.Policies;
using AuthServer.Policies;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>The policies that can bind an agent, in the order in which they are asked.</summary>
public sealed class AgentPoliciesPageModel(AgentDesk desk, AgentPolicies policies, NamesInOrganization names) : AgentPage(desk)
{
    private IReadOnlyDictionary<string, string> _named = new Dictionary<string, string>();

    public IReadOnlyList<PolicyItem> Policies { get; private set; } = [];

    internal PolicySentence Says(PolicyItem policy) => PolicySentence.Of(policy, Seat.Organization.Name, _named);

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Policies = await policies.ConcerningAsync(Seat.Member, Agent.Id, ct);
        _named = await names.OfAgentsAsync(Seat.Organization.OrganizationId, Policies.SelectMany(policy => policy.Subjects.AgentIds), ct);
        return Page();
    }
}
