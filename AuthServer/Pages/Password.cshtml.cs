using AuthServer.Accounts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

public sealed class PasswordModel(SignedInReader signedIn, PasswordChange change) : PageModel
{
    [BindProperty]
    public string? Present { get; set; }

    [BindProperty]
    public string? Wanted { get; set; }

    public string? Email { get; private set; }

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var reader = await signedIn.ReadAsync(HttpContext, ct);
        Email = reader?.Claims.Email;
        return reader is null ? this.SeeOther("/sign-in") : Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in");
        }

        Email = reader.Claims.Email;
        if (string.IsNullOrEmpty(Present))
        {
            Faults.Add(nameof(Present), "Enter your present password.");
        }

        if (string.IsNullOrEmpty(Wanted))
        {
            Faults.Add(nameof(Wanted), "Enter a new password.");
        }

        if (Faults.Any)
        {
            return Page();
        }

        switch (await change.TryAsync(HttpContext, reader.Person, Present!, Wanted!, ct))
        {
            case PasswordChangeOutcome.Changed:
                return this.SeeOther("/account?password=changed");
            case PasswordChangeOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            case PasswordChangeOutcome.Invalid invalid:
                Faults.Add(nameof(Wanted), invalid.Reason);
                return Page();
            default:
                Faults.Add(nameof(Present), "This is not your present password.");
                return Page();
        }
    }
}
