using AuthServer.Accounts;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Admin;

/// <summary>A page for administrators. Whoever is none learns nothing of it, and whoever changes something shows that they are there.</summary>
public abstract class AdminPage(AdminDesk desk) : PageModel
{
    [BindProperty]
    public string? Password { get; set; }

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    /// <summary>What is about to be done, and waits for a yes; null: nothing.</summary>
    public Confirmation? Asked { get; protected set; }

    /// <summary>They signed in a moment ago, and need not type their password.</summary>
    public bool IsPresent => Need == PresenceNeed.Nothing;

    protected SignedInPerson Administrator { get; private set; } = null!;

    protected PresenceNeed Need { get; private set; }

    /// <summary>To sign in again, and come back to this very page, whatever was to be done there.</summary>
    private string SignInAt => Carried.SignInAgainAt(Carried.PageOf(Request) ?? Request.Path);

    /// <returns>Where else to go; null: here.</returns>
    protected async Task<IActionResult?> EnterAsync(CancellationToken ct)
    {
        if (await desk.SignedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        Administrator = reader.Person;
        if (!await desk.Administrators.IncludeAsync(Administrator.Subject, ct))
        {
            return NotFound();
        }

        // Who has something stronger than a password comes in with it, and with nothing less.
        Need = await desk.Presence.NeedAsync(Administrator, ct);
        return Need == PresenceNeed.SignIn && !Acr.IsStrong(Administrator.Acr) ? this.ToSignInAgain(SignInAt) : null;
    }

    /// <summary>Before a change is asked for.</summary>
    /// <returns>Where else to go; null: here.</returns>
    protected IActionResult? SignInFirst() => Need == PresenceNeed.SignIn ? this.SeeOther(SignInAt) : null;

    /// <summary>Before a change is made.</summary>
    /// <returns>The answer of whoever has not shown that they are there; null: they have.</returns>
    protected async Task<IActionResult?> ShowAsync(CancellationToken ct)
    {
        switch (await desk.Presence.ShowAsync(HttpContext, Administrator, Password, ct))
        {
            case PresenceOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            case PresenceOutcome.SignIn:
                return this.ToSignInAgain(SignInAt);
            case PresenceOutcome.NotShown notShown:
                Faults.Add(nameof(Password), notShown.Reason);
                return Page();
            default:
                return null;
        }
    }

    /// <summary>This page again, with what stood in the way.</summary>
    protected IActionResult Refused(Problem problem)
    {
        if (problem == Problem.NotFound)
        {
            return NotFound();
        }

        foreach (var (field, messages) in problem.Faults ?? new Dictionary<string, Sentence[]> { [""] = [problem.Said] })
        {
            // The API's names begin in lower case, and those of forms do not.
            Faults.Add(field.Length == 0 ? field : char.ToUpperInvariant(field[0]) + field[1..], messages[0]);
        }

        Response.StatusCode = problem.Status;
        return Page();
    }
}
