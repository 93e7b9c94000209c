using AuthServer.Agents;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>The head of an agent's pages: what it is, its state, and the way from one page to the next.</summary>
/// <param name="Current">The page that is shown: the last part of its address; empty: the overview.</param>
public sealed record AgentTabs(AgentAnswer Agent, string Current)
{
    /// <summary>Title and address of each.</summary>
    public IEnumerable<(string Title, string Address, bool IsCurrent)> All =>
    [
        (Texts.T("Overview"), At(""), Current.Length == 0),
        (Texts.T("Keys and secrets"), At("/keys"), Current == "keys"),
        (Texts.T("Scopes"), At("/scopes"), Current == "scopes"),
        (Texts.T("Policies"), At("/policies"), Current == "policies"),
        (Texts.T("Activity"), At("/activity"), Current == "activity"),
        (Texts.T("Delegations"), $"/developer/delegations?organization={Agent.OrganizationId}&agent={Agent.Id}", false),
    ];

    private string At(string page) => $"/developer/agents/{Agent.Id}{page}";
}
