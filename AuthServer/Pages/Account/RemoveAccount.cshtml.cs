using AuthServer.Accounts;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Account;

/// <summary>Removes the person's account for good, for whoever signs in to it once more.</summary>
public sealed class RemoveAccountModel(SignedInReader signedIn, OwnAccount account, PasswordChange change, TimeProvider clock) : PageModel
{
    [BindProperty]
    public string? Password { get; set; }

    public string? Email { get; private set; }

    public FormFaults Faults { get; } = new();

    /// <summary>Another provider vouches for the person: first they set one.</summary>
    public bool HasNoPassword { get; private set; }

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

        (Email, HasNoPassword) = (reader.Claims.Email, !await change.HasPasswordAsync(reader.Person.Subject, ct));
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

        Email = reader.Claims.Email;
        if (string.IsNullOrEmpty(Password))
        {
            Faults.Add(nameof(Password), T("Enter your password."));
            return Page();
        }

        // Typing the password here is a sign-in of its own, however old the session is.
        var person = new Person(reader.Person.Subject, clock.GetUtcNow(), reader.Person.Acr, byBrowser: true);
        var answer = await account.RemoveAsync(HttpContext, person, person.UserId, new AccountRemoval { Password = Password }, ct);
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
                Faults.Add("", problem.Said);
                return Page();
        }
    }
}
