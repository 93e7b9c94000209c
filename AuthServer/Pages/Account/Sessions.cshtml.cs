using AuthServer.Accounts;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Account;

/// <summary>Where the person is signed in, and signing out there.</summary>
public sealed class SessionsModel(SignedInReader signedIn, OwnSessions sessions) : PageModel
{
    private SignedInPerson _signedIn = null!;

    private const int PerPage = 30;

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public IReadOnlyList<OpenSession> Sessions { get; private set; } = [];

    /// <summary>How many there are besides this one.</summary>
    public int Others { get; private set; }

    public string? NextAt { get; private set; }

    public string? Done => Request.Query["ended"].ToString() switch
    {
        "one" => T("It is signed out"),
        "none" => T("It was signed out already"),
        "others" => T("You are signed out everywhere else"),
        _ => null,
    };

    /// <summary>With what somebody signed in.</summary>
    public static string? Words(string? acr) => acr switch
    {
        Acr.Password => T("Password"),
        Acr.External => T("Another provider"),
        Acr.TwoFactors => T("Two factors"),
        Acr.Passkey => T("Passkey"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return this.ToSignIn();
        }

        var all = await sessions.ListAsync(_signedIn, ct);
        From = Math.Clamp(From, 0, all.Count);
        Sessions = [.. all.Skip(From).Take(PerPage)];
        (Others, NextAt) = (all.Count(session => !session.IsThis), From + PerPage < all.Count ? $"/account/sessions?from={From + PerPage}" : null);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? id, CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return this.ToSignIn();
        }

        // This one ends by signing out, which takes its cookie away too.
        if (id == _signedIn.SessionId)
        {
            return this.SeeOther("/sign-out");
        }

        return this.SeeOther("/account/sessions?ended=" + (await sessions.EndAsync(HttpContext, _signedIn, id ?? "", ct) ? "one" : "none"));
    }

    public async Task<IActionResult> OnPostOthersAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return this.ToSignIn();
        }

        await sessions.EndOthersAsync(HttpContext, _signedIn, ct);
        return this.SeeOther("/account/sessions?ended=others");
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return false;
        }

        _signedIn = reader.Person;
        return true;
    }
}
