using AuthServer.Agents;
using AuthServer.Agents.Claims;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Consents;

/// <summary>Where a signed-in person answers for an agent that registered itself.</summary>
public sealed class ClaimModel(SignedInReader signedIn, AgentClaims claims, OwnedAgents agents) : PageModel
{
    private const string New = "new";

    public PersonClaims Person { get; private set; } = null!;

    /// <summary>Null: the link is not good.</summary>
    public OpenClaim? Open { get; private set; }

    public ClaimTargets Targets { get; private set; } = new([], false);

    /// <summary>The agent that was claimed just now.</summary>
    public OwnedAgent? Claimed { get; private set; }

    /// <summary>The person said that it is not theirs.</summary>
    public bool Denied { get; private set; }

    [BindProperty]
    public string? Organization { get; set; }

    [BindProperty]
    public string? OrganizationName { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    public FormFaults Faults { get; } = new();

    public bool HasChoice => Targets.MayMakeOne || Targets.Organizations.Count > 0;

    private Errand? Came => Errand.Of(Request, Errand.Claim);

    /// <param name="claimed">The agent that was claimed just now.</param>
    public async Task<IActionResult> OnGetAsync(string? claimed, CancellationToken ct)
    {
        if (!await ReadPersonAsync(ct))
        {
            return this.SeeOther(Came?.At("/sign-in") ?? "/sign-in");
        }

        await LoadAsync(ct);
        Claimed = await FindAsync(claimed, ct);
        (Name, OrganizationName, Organization) = (Open?.Agent.Name, Person.Name, Targets.Organizations is [var first, ..] ? first.Id : New);
        return Page();
    }

    /// <param name="agent">Which it was that the person saw.</param>
    public async Task<IActionResult> OnPostAsync(string? decision, string? agent, CancellationToken ct)
    {
        if (!await ReadPersonAsync(ct))
        {
            return this.SeeOther(Came?.At("/sign-in") ?? "/sign-in");
        }

        await LoadAsync(ct);
        if (decision == "deny" && Open is not null)
        {
            await claims.DenyAsync(HttpContext, Person.Subject, Came?.Token, ct);
            Denied = true;
            return Page();
        }

        if (decision != "claim")
        {
            return Page();
        }

        if (Open is not null)
        {
            var answer = new ClaimAnswer(Organization == New ? null : Organization ?? "", OrganizationName, Name?.Trim());
            if (!(await claims.ClaimAsync(HttpContext, Person.Subject, Came?.Token, answer, ct)).Failed(out var problem, out var claimed))
            {
                return this.SeeOther(At(claimed.Id));
            }

            Tell(problem);
        }

        // The second of two presses finds the link used, and the agent claimed.
        return Open is null && await FindAsync(agent, ct) is { } mine ? this.SeeOther(At(mine.Id)) : Page();
    }

    private static string At(string agentId) => $"/claim?claimed={agentId}";

    private async Task<OwnedAgent?> FindAsync(string? agentId, CancellationToken ct) =>
        agentId is null ? null : (await agents.ListAsync(Person.Subject, ct)).FirstOrDefault(agent => agent.Id == agentId);

    private async Task<bool> ReadPersonAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return false;
        }

        Person = reader.Claims;
        return true;
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        Open = await claims.FindAsync(Came?.Token, ct);
        Targets = Open is null ? Targets : await claims.TargetsAsync(Person.Subject, ct);
    }

    private void Tell(Problem problem)
    {
        if (problem == AgentClaims.NotGood)
        {
            Open = null;
            return;
        }

        foreach (var (field, messages) in problem.Faults ?? new Dictionary<string, Sentence[]>())
        {
            Faults.Add(field == "name" ? nameof(Name) : nameof(OrganizationName), string.Join(' ', messages));
        }

        if (problem.Faults is null)
        {
            var ofChild = problem.Reason is not null;
            Faults.Add(
                problem.Code == "agent_name_conflict" && !ofChild ? nameof(Name) : nameof(Organization),
                ofChild ? Texts.T("{0} It comes along with the one that you claim: choose another organization.", Texts.T(problem.Said)) : problem.Said);
        }
    }
}
