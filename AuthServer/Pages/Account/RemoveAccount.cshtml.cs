using AuthServer.Accounts;
using AuthServer.Accounts.Strong;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Account;

/// <summary>Removes the person's account for good, for whoever signs in to it once more.</summary>
[KeepsNothing]
public sealed class RemoveAccountModel(SignedInReader signedIn, OwnAccount account, PasswordChange change, Strength strength, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Password { get; set; }

    public string? Email { get; private set; }

    public FormFaults Faults { get; } = new();

    /// <summary>A sign-in of just now is what they have to show instead.</summary>
    public bool HasNoPassword { get; private set; }

    /// <summary>They have neither: another provider vouched for them, and it was not just now.</summary>
    public bool IsUnshown { get; private set; }

    /// <summary>What is to be handed over first: while there is something, no password is asked for.</summary>
    public RemovalObstacles Obstacles { get; private set; } = new(false, []);

    public bool Gone { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        Obstacles = await account.ObstaclesAsync(reader.Person.Subject, ct);
        if (Obstacles.Any)
        {
            return Page();
        }

        if (await change.MustSignInAsync(reader.Person, ct))
        {
            return this.SeeOther("/sign-in?again=remove");
        }

        await ReadAsync(reader.Person, reader.Claims.Email, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        if (await change.MustSignInAsync(reader.Person, ct))
        {
            return this.SeeOther("/sign-in?again=remove");
        }

        await ReadAsync(reader.Person, reader.Claims.Email, ct);
        if (IsUnshown)
        {
            return Page();
        }

        if (!HasNoPassword && string.IsNullOrEmpty(Password))
        {
            Faults.Add(nameof(Password), T("Enter your password."));
            return Page();
        }

        // Typing the password here is a sign-in of its own, however old the session is.
        var person = HasNoPassword ? Person.Of(reader.Person) : new Person(reader.Person.Subject, clock.GetUtcNow(), reader.Person.Acr, byBrowser: true);
        var answer = await HttpContext.OnceAsync(once => account.RemoveAsync(HttpContext, person, person.UserId, new AccountRemoval { Password = Password }, once));
        switch (answer.Problem)
        {
            case null:
                await SignInSessions.ForgetAsync(HttpContext);
                Gone = true;
                return Page();
            case { Code: "password" } wrong:
                Faults.Add(nameof(Password), wrong.Said);
                return Page();
            case var problem:
                Response.StatusCode = problem.Status;
                Obstacles = await account.ObstaclesAsync(reader.Person.Subject, ct);
                Faults.Add(problem);
                return Page();
        }
    }

    private async Task ReadAsync(SignedInPerson person, string? email, CancellationToken ct)
    {
        (Email, HasNoPassword) = (email, !await change.HasPasswordAsync(person.Subject, ct));
        IsUnshown = HasNoPassword && !await strength.IsShownAsync(person, ct);
    }
}
