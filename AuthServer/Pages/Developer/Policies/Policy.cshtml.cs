using AuthServer.Http.Api;
using AuthServer.Pages.Developer.Former;
using AuthServer.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>One policy, in words and as JSON; switching it on and off, and deleting it.</summary>
public sealed class PolicyModel(Seats seats, OrganizationPolicies all, NamesInOrganization names, FormerThings former) : OrganizationPage(seats)
{
    public PolicyItem Policy { get; private set; } = null!;

    internal PolicySentence? Says { get; private set; }

    public string Address => $"/developer/policies/{Policy.Id}?{Query}";

    public string EditAt => $"/developer/policies/edit?{Query}&id={Policy.Id}";

    public bool Asks => Seat!.IsDeveloper && HttpMethods.IsGet(Request.Method) && Request.Query["ask"] == "delete";

    /// <summary>What was done just now.</summary>
    public string? Done => Request.Query["done"].ToString() switch
    {
        "made" => T("The policy is made"),
        "saved" => T("The policy is saved"),
        "on" => T("It is in force"),
        "off" => T("It is switched off"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? organization, string id, CancellationToken ct) => await LoadAsync(organization, id, null, ct) ?? Page();

    /// <param name="version">The one that was on the screen.</param>
    public async Task<IActionResult> OnPostAsync(string? organization, string id, string? act, string? version, CancellationToken ct)
    {
        if (await LoadAsync(organization, id, act == "delete" ? "deletePolicy" : "changePolicy", ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var seen = new IfMatch(version is null ? null : [version]);
        Problem? problem;
        switch (act)
        {
            case "delete":
                problem = (await all.DeleteAsync(HttpContext, Seat!.Member, Policy.Id, seen, ct)).Problem;
                break;
            case "on" or "off" when Policy.Enabled == (act == "on"):
                problem = null;
                break;
            case "on" or "off":
                problem = (await all.ChangeAsync(HttpContext, Seat!.Member, Policy.Id, new PolicyBody { Enabled = act == "on" }, whole: false, seen, ct)).Problem;
                break;
            default:
                return NotFound();
        }

        problem = problem == Problem.Stale ? Problem.Conflict("stale_version", T("Somebody changed the policy meanwhile, and nothing was done. It stands below as it is now: press again if that is still meant.")) : problem;
        return problem is not null ? await RefusedAsync(problem, act == "delete" ? "deletePolicy" : "changePolicy", [])
            : this.SeeOther(act == "delete" ? $"/developer/policies?{Query}&done=delete" : $"{Address}&done={act}");
    }

    /// <param name="operation">Null: who may look, may do it.</param>
    private async Task<IActionResult?> LoadAsync(string? organization, string id, string? operation, CancellationToken ct)
    {
        if (await (operation is null ? SitAsync(organization, ct) : SitAsync(organization, operation, ct)) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return NotFound();
        }

        if ((await all.FindAsync(seat.Member, id, ct)).Failed(out _, out var found))
        {
            // Who deletes twice, by two clicks or from two tabs, finds it deleted.
            return await former.AnswerAsync(this, [seat.Organization.OrganizationId], FormerKind.Policy, id, ct);
        }

        Policy = found;
        Says = PolicySentence.Of(Policy, seat.Organization.Name, await names.OfAgentsAsync(seat.Organization.OrganizationId, Policy.Subjects.AgentIds, ct));
        return null;
    }
}
