using AuthServer.Pages.Developer.Policies;
using AuthServer.Policies;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>The policies that can bind an agent, in the order in which they are asked.</summary>
public sealed class AgentPoliciesPageModel(AgentDesk desk, AgentPolicies policies, NamesInOrganization names) : AgentPage(desk)
{
    private const int PerPage = 50;

    private IReadOnlyDictionary<string, string> _named = new Dictionary<string, string>();

    public IReadOnlyList<PolicyItem> Policies { get; private set; } = [];

    public string? NextAt { get; private set; }

    internal PolicySentence Says(PolicyItem policy) => PolicySentence.Of(policy, Seat.Organization.Name, _named);

    public async Task<IActionResult> OnGetAsync(string? id, int from, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var all = await policies.ConcerningAsync(Seat.Member, Agent.Id, ct);
        from = Math.Clamp(from, 0, all.Count);
        (Policies, NextAt) = ([.. all.Skip(from).Take(PerPage)], from + PerPage < all.Count ? $"/developer/agents/{Agent.Id}/policies?from={from + PerPage}" : null);
        _named = await names.OfAgentsAsync(Seat.Organization.OrganizationId, Policies.SelectMany(policy => policy.Subjects.AgentIds), ct);
        return Page();
    }
}
