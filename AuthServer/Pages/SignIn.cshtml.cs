using AuthServer.Accounts;
using AuthServer.Endpoints;
using AuthServer.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages;

public sealed class SignInModel(Interactions interactions, SignInSessions sessions, People people, PasswordSignIn signIn, SignUp signUp) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>Null: the page was opened by itself, and leads to the account.</summary>
    public Interaction? Interaction { get; private set; }

    /// <summary>Somebody is signed in, and must sign in once more because what is asked can do great harm.</summary>
    public bool ToAllowHarm { get; private set; }

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public bool MayRegister => signUp.IsOpen;

    public string RegisterAt => Interaction is null ? Came?.At("/register") ?? "/register" : $"/register?request_id={Interaction.Stored.Id}";

    public string ForgottenAt => Interaction is null ? "/forgotten-password" : $"/forgotten-password?request_id={Interaction.Stored.Id}";

    /// <summary>What the sign-in is for.</summary>
    private Errand? Came => Errand.Of(Request);

    private string Next => Interaction?.ContinueAt ?? Came?.Page ?? "/account";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await FindInteractionAsync(ct))
        {
            return this.Expired();
        }

        var person = await sessions.ReadAsync(HttpContext);
        if (Interaction is null && person is not null)
        {
            return this.SeeOther(Next);
        }

        ToAllowHarm = person is not null && Interaction is { Request.IsCritical: true };

        // Whoever must sign in once more is most likely the one who is signed in.
        Email = Interaction?.Request.LoginHint ?? (person is null ? null : (await people.ClaimsAsync(person.Subject, ct))?.Email);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await FindInteractionAsync(ct))
        {
            return this.Expired();
        }

        if (string.IsNullOrWhiteSpace(Email))
        {
            Faults.Add(nameof(Email), "Enter your e-mail address.");
        }

        if (string.IsNullOrEmpty(Password))
        {
            Faults.Add(nameof(Password), "Enter your password.");
        }

        if (Faults.Any)
        {
            return Page();
        }

        switch (await signIn.TryAsync(HttpContext, Email!, Password!, ct))
        {
            case SignInOutcome.SignedIn:
                return this.SeeOther(Next);
            case SignInOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            default:
                Faults.Add("", "The e-mail address or the password is wrong.");
                return Page();
        }
    }

    /// <summary>False: a request is named that is not to be found.</summary>
    private async Task<bool> FindInteractionAsync(CancellationToken ct)
    {
        if (this.RequestId() is not { } id)
        {
            return true;
        }

        Interaction = await interactions.FindAsync(HttpContext, id, ct);
        if (Interaction is not null)
        {
            PageHeaders.AllowFormTarget(HttpContext, Interaction.Request.Redirect.Uri);
        }

        return Interaction is not null;
    }
}
