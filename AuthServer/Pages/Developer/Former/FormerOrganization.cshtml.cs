using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Former;

/// <summary>When somebody's membership ended, or the organization with it. An organization's pages lead here for those who were members, and for nobody else.</summary>
public sealed class FormerOrganizationModel(Seats seats, FormerMemberships former) : PageModel, ISeated
{
    /// <summary>None: whoever it is shown to has no seat there any more.</summary>
    public Seat? Seat => null;

    string ISeated.EntryPath => "/developer";

    public FormerMembership Former { get; private set; } = null!;

    /// <summary>Whoever ended it; null: nobody who has a name.</summary>
    public string? By { get; private set; }

    public string Title => Former.WasClosed ? T("This organization is closed") : T("You are no member any more");

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await seats.ReadAsync(HttpContext, ct) is not { } all)
        {
            return this.ToSignIn();
        }

        if (all.FirstOrDefault(seat => seat.Organization.OrganizationId == organization) is { } again)
        {
            return this.SeeOther($"/developer?organization={again.Organization.OrganizationId}");
        }

        if ((await seats.ReadFormerAsync(HttpContext, ct)).FirstOrDefault(one => one.OrganizationId == organization) is not { } found)
        {
            return NotFound();
        }

        Former = found;
        By = found.HasLeft ? null : await former.EnderAsync(found, ct);
        Response.StatusCode = StatusCodes.Status410Gone;
        return Page();
    }
}
