using AuthServer.Agents.Claims;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Consents;

/// <summary>Where a signed-in person answers for an agent that registered itself.</summary>
public sealed class ClaimModel(SignedInReader signedIn, AgentClaims claims) : PageModel
{
    private const string New = "new";

    public PersonClaims Person { get; private set; } = null!;

    /// <summary>Null: the link is not good.</summary>
    public OpenClaim? Open { get; private set; }

    public ClaimTargets Targets { get; private set; } = new([], false);

    /// <summary>The agent that was claimed just now.</summary>
    public ClaimedAgent? Claimed { get; private set; }

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

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await ReadPersonAsync(ct))
        {
            return this.SeeOther(Came?.At("/sign-in") ?? "/sign-in");
        }

        await LoadAsync(ct);
        (Name, OrganizationName, Organization) = (Open?.Agent.Name, Person.Name, Targets.Organizations is [var first, ..] ? first.Id : New);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? decision, CancellationToken ct)
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

        var answer = new ClaimAnswer(Organization == New ? null : Organization ?? "", OrganizationName, Name?.Trim());
        if (decision != "claim" || Open is null)
        {
            return Page();
        }

        if ((await claims.ClaimAsync(HttpContext, Person.Subject, Came?.Token, answer, ct)).Failed(out var problem, out var claimed))
        {
            Tell(problem);
            return Page();
        }

        Claimed = claimed;
        return Page();
    }

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
