using AuthServer.Accounts;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Account;

[KeepsNothing]
public sealed class PasswordModel(SignedInReader signedIn, PasswordChange change) : PageModel
{
    [BindProperty]
    public string? Present { get; set; }

    [BindProperty]
    public string? Wanted { get; set; }

    public string? Email { get; private set; }

    /// <summary>The person has none, since another provider vouches for them.</summary>
    public bool IsFirst { get; private set; }

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        if (await change.MustSignInAsync(reader.Person, ct))
        {
            return this.SeeOther("/sign-in?again=password");
        }

        (Email, IsFirst) = (reader.Claims.Email, !await change.HasPasswordAsync(reader.Person.Subject, ct));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        (Email, IsFirst) = (reader.Claims.Email, !await change.HasPasswordAsync(reader.Person.Subject, ct));
        if (!IsFirst && string.IsNullOrEmpty(Present))
        {
            Faults.Add(nameof(Present), T("Enter your present password."));
        }

        if (string.IsNullOrEmpty(Wanted))
        {
            Faults.Add(nameof(Wanted), T("Enter a new password."));
        }

        if (Faults.Any)
        {
            return Page();
        }

        var outcome = await HttpContext.OnceAsync(
            once => IsFirst ? change.SetFirstAsync(HttpContext, reader.Person, Wanted!, once) : change.TryAsync(HttpContext, reader.Person, Present!, Wanted!, once),
            made => made is PasswordChangeOutcome.Changed);
        switch (outcome)
        {
            case null:
                return this.SeeOther("/account");
            case PasswordChangeOutcome.Changed when IsFirst:
                return this.SeeOther("/account/sign-ins");
            case PasswordChangeOutcome.Changed:
                return this.SeeOther("/account?password=changed");
            case PasswordChangeOutcome.SignIn:
                return this.SeeOther("/sign-in?again=password");
            case PasswordChangeOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            case PasswordChangeOutcome.Invalid invalid:
                Faults.Add(nameof(Wanted), invalid.Reason);
                return Page();
            case PasswordChangeOutcome.WrongPassword when IsFirst:
                Faults.Add("", T("This takes a sign-in that is younger than five minutes. Sign out, sign in again, and repeat it."));
                return Page();
            default:
                Faults.Add(nameof(Present), T("This is not your present password."));
                return Page();
        }
    }
}
