using AuthServer.Accounts;
using AuthServer.Mail;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>Asks for a link to a new password. The answer is the same whether or not there is such an account.</summary>
public sealed class ForgottenPasswordModel(ForgottenPasswords forgotten, Mails mails, PasswordErrand errand) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    public bool Asked { get; private set; }

    public bool IsMailed => mails.AreSent;

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    /// <summary>Whoever came for something goes on to it.</summary>
    public string SignInAt => Request.At("/sign-in");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (EmailAddress.Read(Email) is not { } email)
        {
            Faults.Add(nameof(Email), Texts.T("Enter an e-mail address, such as name@example.com."));
            return Page();
        }

        if (await forgotten.AskAsync(HttpContext, email, ct) is var wait && wait > TimeSpan.Zero)
        {
            Wait = wait;
            return this.TooMany(wait);
        }

        errand.Keep(HttpContext);
        Asked = true;
        return Page();
    }
}
