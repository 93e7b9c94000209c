using AuthServer.Approvals;
using AuthServer.Pages.Approvals;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Approvals;

/// <summary>What agents ask an organization to approve.</summary>
public sealed class DeveloperApprovalsModel(Seats seats, ApprovalLists lists) : OrganizationPage(seats)
{
    /// <summary>Null: the organization has to be chosen first.</summary>
    public ApprovalsView? View { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? organization, string? show, int from, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is { Organization.OrganizationId: var id })
        {
            View = await ApprovalsView.ReadAsync((filter, paging) => lists.OfOrganizationAsync(id, filter, paging, ct), show, from, "/developer/approvals", $"?{Query}", $"/live?{Query}");
        }

        return Page();
    }
}
