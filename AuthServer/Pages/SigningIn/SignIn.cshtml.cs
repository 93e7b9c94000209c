using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Endpoints;
using AuthServer.ExternalSignIn;
using AuthServer.Http;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

public sealed class SignInModel(
    Interactions interactions, SignInSessions sessions, People people, PasswordSignIn signIn, SignUp signUp, ExternalProviders providers, Strength strength) : PageModel
{
    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>Null: the page was opened by itself, and leads to the account.</summary>
    public Interaction? Interaction { get; private set; }

    /// <summary>Somebody is signed in, and must sign in once more because what is asked can do great harm.</summary>
    public bool ToAllowHarm { get; private set; }

    /// <summary>Somebody is signed in by another provider, and it is not known when they showed there that it is them.</summary>
    public bool NotShown { get; private set; }

    public string PasskeyAt => Request.At(Routes.Passkey);

    public ExternalButtons External => new(providers, Request);

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public bool MayRegister => signUp.IsOpen;

    public string RegisterAt => IsForLink ? Request.At("/register") : Interaction is null ? Came?.At("/register") ?? Request.At("/register") : $"/register?request_id={Interaction.Stored.Id}";

    public string ForgottenAt => Request.At("/forgotten-password");

    /// <summary>What the sign-in is for.</summary>
    private Errand? Came => Errand.Of(Request);

    /// <summary>Somebody is signed in, and what they want takes a sign-in of just now.</summary>
    public bool IsAgain { get; private set; }

    /// <summary>An account of another provider waits to be linked by whoever signs in.</summary>
    private bool IsForLink => Request.Query.ContainsKey(Carried.Link);

    /// <summary>A page of the account asks for a sign-in of just now.</summary>
    private bool MustBeNew => IsForLink || Request.Query.ContainsKey(Carried.Again);

    private bool MustBeStrong => MustBeNew || Interaction is { Request.AsksForStrength: true };

    private string Next => IsForLink ? Request.At("/link") : Interaction?.ContinueAt ?? Came?.Page ?? Carried.PageFor(Carried.Of(Request)) ?? "/account";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await FindInteractionAsync(ct))
        {
            return this.Expired();
        }

        var person = await sessions.ReadAsync(HttpContext);
        if ((Interaction is null || IsForLink) && person is not null && !(MustBeNew && !await strength.IsShownAsync(person, ct)))
        {
            return this.SeeOther(Next);
        }

        ToAllowHarm = person is not null && Interaction is { Request.IsCritical: true };
        IsAgain = person is not null && Request.Query.ContainsKey(Carried.Again);
        NotShown = person is { Acr: Acr.External } && !await strength.IsShownAsync(person, ct);

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
            Faults.Add(nameof(Email), Texts.T("Enter your e-mail address."));
        }

        if (string.IsNullOrEmpty(Password))
        {
            Faults.Add(nameof(Password), Texts.T("Enter your password."));
        }

        if (Faults.Any)
        {
            return Page();
        }

        switch (await signIn.TryAsync(HttpContext, Email!, Password!, MustBeStrong, ct))
        {
            case SignInOutcome.SignedIn:
                return this.SeeOther(Next);
            case SignInOutcome.SecondStep:
                return this.SeeOther(Request.At(Routes.SecondStep));
            case SignInOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            default:
                Faults.Add("", Texts.T("The e-mail address or the password is wrong."));
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
