using AuthServer.Accounts;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>The page of a mailed link: looking at it uses nothing up, since mail programs look at links too.</summary>
public sealed class ResetPasswordModel(PasswordReset reset, PasswordErrand errand) : PageModel
{
    [BindProperty]
    public string? Wanted { get; set; }

    /// <summary>Of the account; null: the link is not good.</summary>
    public string? Email { get; private set; }

    public bool IsSet { get; private set; }

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    /// <summary>Whoever came for something, and asked for the link in this browser, goes on to it.</summary>
    public string SignInAt => errand.SignInAt(HttpContext);

    private string? Link => Request.Query.TryGetValue("link", out var link) ? link.ToString() : null;

    public async Task OnGetAsync(CancellationToken ct) => Email = (await reset.FindAsync(Link, ct))?.Email;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await OnGetAsync(ct);
        if (Email is not null && string.IsNullOrEmpty(Wanted))
        {
            Faults.Add(nameof(Wanted), Texts.T("Enter a new password."));
            return Page();
        }

        // A second click uses the link that the first one has used up.
        var outcome = default(PasswordResetOutcome);
        var done = await HttpContext.OnceAsync<PasswordResetOutcome>(async once => (outcome = await reset.TryAsync(HttpContext, Link, Wanted ?? "", once)) is PasswordResetOutcome.Done ? outcome : Problem.NotFound);
        switch (done.Value ?? outcome)
        {
            case PasswordResetOutcome.Done:
                IsSet = true;
                return Page();
            case PasswordResetOutcome.Invalid invalid:
                Faults.Add(nameof(Wanted), invalid.Reason);
                return Page();
            case PasswordResetOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            default:
                Email = null;
                return Page();
        }
    }
}
