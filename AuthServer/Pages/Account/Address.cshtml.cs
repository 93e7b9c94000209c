using AuthServer.Accounts;
using AuthServer.Mail;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Account;

/// <summary>The address of the person's account: whether it is confirmed, and another one in its place.</summary>
public sealed class AddressModel(SignedInReader signedIn, AddressConfirmation confirmation, Presence presence, Mails mails) : PageModel
{
    private SignedInPerson _signedIn = null!;

    [BindProperty]
    public string? Wanted { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    public PersonClaims Person { get; private set; } = null!;

    public bool IsMailed => mails.AreSent;

    /// <summary>They signed in a moment ago, and need not type their password.</summary>
    public bool IsPresent { get; private set; }

    /// <summary>They have to sign in again, with what is stronger than a password.</summary>
    public bool MustSignIn { get; private set; }

    public string? Said => Request.Query["sent"].ToString() switch
    {
        "new" => IsMailed ? T("A mail is on its way to the new address") : T("A link is made for the new address"),
        "present" => T("A mail is on its way to you"),
        _ => null,
    };

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ? Page() : this.ToSignIn();

    public async Task<IActionResult> OnPostConfirmAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return this.ToSignIn();
        }

        if (await confirmation.SendAsync(HttpContext, _signedIn.Subject, ct))
        {
            return this.SeeOther("/account/address?sent=present");
        }

        Faults.Add("", T("This address was sent enough links for now. Use the newest of them, or try again in an hour."));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return this.ToSignIn();
        }

        var email = EmailAddress.Read(Wanted);
        if (email is null)
        {
            Faults.Add(nameof(Wanted), T("Enter an e-mail address, such as name@example.com."));
        }
        else if (email == Person.Email)
        {
            Faults.Add(nameof(Wanted), T("This is the address of your account."));
        }

        if (Faults.Any)
        {
            return Page();
        }

        switch (await presence.ShowAsync(HttpContext, _signedIn, Password, ct))
        {
            case PresenceOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            case PresenceOutcome.SignIn:
                return this.ToSignInAgain("/sign-in?again=address");
            case PresenceOutcome.NotShown notShown:
                Faults.Add(nameof(Password), notShown.Reason);
                return Page();
        }

        if (await confirmation.AskAsync(HttpContext, _signedIn.Subject, email!, ct))
        {
            return this.SeeOther("/account/address?sent=new");
        }

        Faults.Add(nameof(Wanted), T("This address was sent enough links for now. Try again in an hour."));
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return false;
        }

        (_signedIn, Person) = (reader.Person, reader.Claims);
        var need = await presence.NeedAsync(_signedIn, ct);
        (IsPresent, MustSignIn) = (need == PresenceNeed.Nothing, need == PresenceNeed.SignIn);
        return true;
    }
}
