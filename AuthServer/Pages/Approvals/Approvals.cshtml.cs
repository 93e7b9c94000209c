using AuthServer.Approvals;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Approvals;

/// <summary>What agents ask the person to approve, what holds, and what was.</summary>
public sealed class ApprovalsModel(SignedInReader signedIn, ApprovalLists lists) : PageModel
{
    public ApprovalsView View { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string? show, int from, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { Person.Subject: var userId })
        {
            return this.ToSignIn();
        }

        View = await ApprovalsView.ReadAsync((filter, paging) => lists.OfPersonAsync(userId, filter, paging, ct), show, from, "/approvals", "", "/live");
        return Page();
    }
}
