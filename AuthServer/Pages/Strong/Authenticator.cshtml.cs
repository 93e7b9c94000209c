using AuthServer.Accounts.Strong;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Strong;

/// <summary>Sets up the person's authenticator app, or takes it away.</summary>
public sealed class AuthenticatorModel(SignedInReader signedIn, OwnAuthenticator authenticators, Strength strength) : PageModel
{
    private const string SignInAt = "/sign-in?again=authenticator";

    [BindProperty]
    public string? Code { get; set; }

    /// <summary>The secret that the page showed, sealed.</summary>
    [BindProperty]
    public string? Secret { get; set; }

    /// <summary>Null: there is none.</summary>
    public Authenticator? App { get; private set; }

    /// <summary>Whether there is one beside the app: recovery codes stand in for it too, and stay when the app goes.</summary>
    public bool HasPasskey { get; private set; }

    /// <summary>What an app may learn; null where there is one.</summary>
    public OfferedSecret? Offered { get; private set; }

    /// <summary>The recovery codes that came with the app.</summary>
    public NewRecoveryCodes? Codes { get; private set; }

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public Task<IActionResult> OnGetAsync(CancellationToken ct) => ShowAsync(null, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(SignInAt);
        }

        if (string.IsNullOrWhiteSpace(Code))
        {
            Faults.Add(nameof(Code), Texts.T("Enter the code that the app shows."));
            return await ShowAsync(Secret, ct);
        }

        if (!(await HttpContext.OnceAsync(once => authenticators.AddAsync(HttpContext, reader.Person, Secret, Code, once))).Failed(out var problem, out var codes))
        {
            Codes = codes;
            return Page();
        }

        if (!await strength.IsShownAsync(reader.Person, ct))
        {
            return this.ToSignInAgain(SignInAt);
        }

        if (problem.RetryAfter is { } wait)
        {
            Wait = wait;
            await ShowAsync(Secret, ct);
            return this.TooMany(wait);
        }

        Faults.Add(problem.Code == "code" ? nameof(Code) : "", problem.Said);
        return await ShowAsync(Secret, ct);
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(SignInAt);
        }

        var problem = (await authenticators.RemoveAsync(HttpContext, reader.Person, ct)).Problem;
        if (problem is null || problem == Problem.NotFound)
        {
            return this.SeeOther("/account/sign-ins?changed=authenticator-removed");
        }

        if (!await strength.IsShownAsync(reader.Person, ct))
        {
            return this.ToSignInAgain(SignInAt);
        }

        Faults.Add(problem);
        return await ShowAsync(null, ct);
    }

    /// <param name="secret">What the page showed before.</param>
    private async Task<IActionResult> ShowAsync(string? secret, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader || !await strength.IsShownAsync(reader.Person, ct))
        {
            return this.SeeOther(SignInAt);
        }

        App = await authenticators.FindAsync(reader.Person.Subject, ct);
        HasPasskey = App is not null && (await strength.FactorsAsync(reader.Person.Subject, ct)).HasFlag(Factors.Passkey);
        Offered = App is null ? authenticators.Offer(reader.Person, reader.Claims.Email ?? reader.Person.Subject, secret) : null;
        return Page();
    }
}
