using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>Where a signed-in person accepts an organization's invitation.</summary>
public sealed class JoinModel(SignedInReader signedIn, Joining joining) : PageModel
{
    public string? Email { get; private set; }

    /// <summary>Null: the invitation is not good, or not this person's.</summary>
    public OpenInvitation? Open { get; private set; }

    /// <summary>The organization that was joined just now.</summary>
    public string? Joined { get; private set; }

    /// <summary>Why it could not be joined.</summary>
    public string Fault { get; private set; } = Texts.T(Joining.NotGood.Said);

    private Errand? Came => Errand.Of(Request, Errand.Join);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(Came?.At("/register") ?? "/register");
        }

        Email = reader.Claims.Email;
        Open = await joining.FindAsync(Came?.Token, ct) is { } open && open.IsFor(Email) ? open : null;
        Fault = Open is null ? await WhyAsync(ct) ?? Fault : Fault;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(Came?.At("/sign-in") ?? "/sign-in");
        }

        Email = reader.Claims.Email;
        if ((await joining.AcceptAsync(HttpContext, reader.Person.Subject, Came?.Token, ct)).Failed(out Problem? problem, out var organization))
        {
            Fault = Texts.T(problem.Said);
            return Page();
        }

        Joined = organization.Name;
        return Page();
    }

    /// <summary>What became of it, for whom it was; null: it was for nobody here.</summary>
    private async Task<string?> WhyAsync(CancellationToken ct) => await joining.FormerAsync(Came?.Token, Email, ct) switch
    {
        null => null,
        { AcceptedAt: { } used } => Texts.T("It was used on {0}.", Durations.Moment(used)),
        { RevokedAt: { } revoked } => Texts.T("It was taken back on {0}.", Durations.Moment(revoked)),
        { } former => Texts.T("It expired on {0}.", Durations.Moment(former.ExpiresAt)),
    };
}
