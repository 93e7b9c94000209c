using AuthServer.Pages.Approvals;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Approvals;

/// <summary>One thing that an agent asks an organization to approve, and a developer's answer.</summary>
public sealed class DeveloperApprovalModel(Seats seats, SignedInReader signedIn, ApprovalFront front) : OrganizationPage(seats)
{
    private const string Operation = "approveApproval";

    public ApprovalView View { get; private set; } = null!;

    /// <summary>It is not kept any more; null: it is.</summary>
    public FormerApprovalView? Former { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? organization, string id, CancellationToken ct) =>
        await LoadAsync(organization, id, ct) is { } elsewhere ? elsewhere : Page();

    public async Task<IActionResult> OnPostAsync(string? organization, string id, string? answer, string? duration, string? note, CancellationToken ct)
    {
        if (await LoadAsync(organization, id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (!Seat!.IsDeveloper)
        {
            return await PageAnswers.RefuseAsync(HttpContext, Seat, Operation);
        }

        View = View with { Duration = duration, Note = note };
        return (await signedIn.ReadAsync(HttpContext, ct))?.Person is { } person && await front.AnswerAsync(this, person, View, answer, ct) is { } next ? next : Page();
    }

    private async Task<IActionResult?> LoadAsync(string? organization, string id, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { Person: var person })
        {
            return this.SeeOther(Carried.SignInAgainAt(Request.Path + Request.QueryString));
        }

        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return NotFound();
        }

        if (await front.FindAsync(HttpContext, person, id, seat.Organization.OrganizationId, seat.IsDeveloper, ct) is { } view)
        {
            View = view with { IsSuspended = seat.Organization.IsSuspended };
            return null;
        }

        Former = await front.FindFormerAsync(HttpContext, person, id, seat.Organization.OrganizationId, ct);
        return Former is null ? NotFound() : Page();
    }
}
