using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Approvals;

/// <summary>One thing that an agent asks its person to approve, and their answer.</summary>
public sealed class ApprovalModel(SignedInReader signedIn, ApprovalFront front) : PageModel
{
    public ApprovalView View { get; private set; } = null!;

    /// <summary>It is not kept any more; null: it is.</summary>
    public FormerApprovalView? Former { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct) =>
        await signedIn.ReadAsync(HttpContext, ct) is not { } reader ? this.SeeOther(Carried.SignInAgainAt(Request.Path + Request.QueryString))
        : await LoadAsync(reader.Person, id, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(string id, string? answer, string? duration, string? note, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(Carried.SignInAgainAt(Request.Path + Request.QueryString));
        }

        if (await LoadAsync(reader.Person, id, ct) is { } missing)
        {
            return missing;
        }

        View = View with { Duration = duration, Note = note };
        return await front.AnswerAsync(this, reader.Person, View, answer, ct) ?? Page();
    }

    /// <returns>The answer where there is none; null: there is.</returns>
    private async Task<IActionResult?> LoadAsync(SignedInPerson person, string id, CancellationToken ct)
    {
        if (await front.FindAsync(HttpContext, person, id, null, mayAnswer: true, ct) is { } view)
        {
            View = view;
            return null;
        }

        Former = await front.FindFormerAsync(HttpContext, person, id, null, ct);
        return Former is null ? NotFound() : Page();
    }
}
