using AuthServer.Accounts.Strong;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Strong;

/// <summary>How many recovery codes are left, and new ones in their place.</summary>
public sealed class RecoveryCodesModel(SignedInReader signedIn, OwnAuthenticator authenticators, Strength strength) : PageModel
{
    private const string SignInAt = "/sign-in?again=recovery-codes";

    public int Left { get; private set; }

    /// <summary>There is something that they can stand in for.</summary>
    public bool HasFactors { get; private set; }

    /// <summary>Those that were made just now.</summary>
    public NewRecoveryCodes? Codes { get; private set; }

    public FormFaults Faults { get; } = new();

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader || !await strength.IsShownAsync(reader.Person, ct))
        {
            return this.SeeOther(SignInAt);
        }

        Left = await authenticators.CountCodesAsync(reader.Person.Subject, ct);
        HasFactors = await strength.FactorsAsync(reader.Person.Subject, ct) != Factors.None;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(SignInAt);
        }

        if (!(await HttpContext.OnceAsync(once => authenticators.RenewCodesAsync(HttpContext, reader.Person, once))).Failed(out var problem, out var codes))
        {
            Codes = codes;
            return Page();
        }

        if (!await strength.IsShownAsync(reader.Person, ct))
        {
            return this.ToSignInAgain(SignInAt);
        }

        Faults.Add(problem);
        return await OnGetAsync(ct);
    }
}
