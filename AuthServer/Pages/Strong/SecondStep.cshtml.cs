using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Strong;

/// <summary>The second step of a sign-in, for whoever has done the first in this browser. By itself the address leads nowhere.</summary>
public sealed class SecondStepModel(SecondStep second, Strength strength, OwnAuthenticator authenticators, SignInSessions sessions, Interactions interactions) : PageModel
{
    private PendingSignIn _pending = null!;
    private User _user = null!;

    [BindProperty]
    public string? Code { get; set; }

    /// <summary>Whose sign-in it is; null: none waits in this browser.</summary>
    public string? Email { get; private set; }

    /// <summary>It was finished before: there is nothing left to show.</summary>
    public bool IsFinished { get; private set; }

    public string NextAt => Carried.Next(Carried.Of(Request));

    public bool HasApp { get; private set; }

    public bool HasPasskey { get; private set; }

    public bool HasCodes { get; private set; }

    /// <summary>What the code is that they may type; null: they have none, and only a passkey goes on.</summary>
    public string? CodeHint => (HasApp, HasCodes) switch
    {
        (true, true) => Texts.T("The six digits that your authenticator app shows now, or one of your recovery codes."),
        (true, false) => Texts.T("The six digits that your authenticator app shows now."),
        (false, true) => Texts.T("One of your recovery codes."),
        _ => null,
    };

    public string PasskeyAt => Request.At(Routes.Passkey);

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public string SignInAt => Request.At(Routes.SignIn);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return Page();
        }

        if (string.IsNullOrWhiteSpace(Code))
        {
            Faults.Add(nameof(Code), Texts.T("Enter a code."));
            return Page();
        }

        switch (await second.TryAsync(HttpContext, _pending, _user, Code, ct))
        {
            case SignInOutcome.SignedIn:
                return this.SeeOther(NextAt);
            case SignInOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            default:
                Faults.Add(nameof(Code), Texts.T("This code is wrong, or was used before. Each code works once."));
                return Page();
        }
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        if (this.RequestId() is { } id && await interactions.FindAsync(HttpContext, id, ct) is { } interaction)
        {
            PageHeaders.AllowFormTarget(HttpContext, interaction.Request.Redirect.Uri);
        }

        if (await second.FindAsync(HttpContext, ct) is not { } found)
        {
            IsFinished = await second.WasFinishedAsync(HttpContext, ct) || await sessions.ReadAsync(HttpContext) is not null;
            return false;
        }

        (_pending, _user) = found;
        var own = await strength.FactorsAsync(_user.Id, ct);
        if (own == Factors.None)
        {
            return false; // taken away meanwhile: the password is enough again
        }

        (Email, HasApp, HasPasskey) = (_user.Email, own.HasFlag(Factors.Code), own.HasFlag(Factors.Passkey));
        HasCodes = await authenticators.CountCodesAsync(_user.Id, ct) > 0;
        return true;
    }
}
