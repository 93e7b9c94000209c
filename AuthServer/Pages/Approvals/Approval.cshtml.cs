using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Approvals;

/// <summary>One thing that an agent asks its person to approve, and their answer.</summary>
public sealed class ApprovalModel(SignedInReader signedIn, ApprovalFront front) : PageModel
{
    public ApprovalView View { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(Carried.SignInAgainAt(Request.Path + Request.QueryString));
        }

        if (await front.FindAsync(HttpContext, reader.Person, id, null, mayAnswer: true, ct) is not { } view)
        {
            return NotFound();
        }

        View = view;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string id, string? answer, string? duration, string? note, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(Carried.SignInAgainAt(Request.Path + Request.QueryString));
        }

        if (await front.FindAsync(HttpContext, reader.Person, id, null, mayAnswer: true, ct) is not { } view)
        {
            return NotFound();
        }

        View = view with { Duration = duration, Note = note };
        return await front.AnswerAsync(HttpContext, reader.Person, View, answer, ct) is { } next ? this.SeeOther(next) : Page();
    }
}
