using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.SigningIn;

/// <summary>Where a signed-in person accepts an organization's invitation.</summary>
public sealed class JoinModel(SignedInReader signedIn, Joining joining, Memberships memberships) : PageModel
{
    public string? Email { get; private set; }

    /// <summary>Null: the invitation is not good, or not this person's.</summary>
    public OpenInvitation? Open { get; private set; }

    /// <summary>The organization that was joined just now.</summary>
    public NamedMembership? Joined { get; private set; }

    /// <summary>Why it could not be joined.</summary>
    public string Fault { get; private set; } = Texts.T(Joining.NotGood.Said);

    private Errand? Came => Errand.Of(Request, Errand.Join);

    /// <param name="joined">The organization that was joined just now.</param>
    public async Task<IActionResult> OnGetAsync(string? joined, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(Came?.At("/register") ?? "/register");
        }

        Email = reader.Claims.Email;
        Joined = await FindAsync(reader, joined, ct);
        Open = await joining.FindAsync(Came?.Token, ct) is { } open && open.IsFor(Email) ? open : null;
        if (Open is not null && await FindAsync(reader, Open.Invitation.OrganizationId, ct) is { } already)
        {
            return this.SeeOther($"/developer?organization={already.OrganizationId}");
        }

        Fault = Open is null ? await WhyAsync(ct) ?? Fault : Fault;
        return Page();
    }

    /// <param name="organization">Which it was that the person saw.</param>
    public async Task<IActionResult> OnPostAsync(string? organization, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther(Came?.At("/sign-in") ?? "/sign-in");
        }

        Email = reader.Claims.Email;
        if (!(await joining.AcceptAsync(HttpContext, reader.Person.Subject, Came?.Token, ct)).Failed(out Problem? problem, out var accepted))
        {
            return this.SeeOther($"/join?joined={accepted.Id}");
        }

        // The second of two presses finds the invitation used, and its person where they wanted to be.
        if (problem == Joining.NotGood && await FindAsync(reader, organization, ct) is { } mine)
        {
            return this.SeeOther($"/join?joined={mine.OrganizationId}");
        }

        Open = problem == Joining.Suspended ? await joining.FindAsync(Came?.Token, ct) : null;
        Fault = Texts.T(problem.Said);
        return Page();
    }

    private async Task<NamedMembership?> FindAsync((SignedInPerson Person, PersonClaims Claims) reader, string? organizationId, CancellationToken ct) =>
        organizationId is null ? null : (await memberships.NamedAsync(reader.Person.Subject, ct)).FirstOrDefault(member => member.OrganizationId == organizationId);

    /// <summary>What became of it, for whom it was; null: it was for nobody here.</summary>
    private async Task<string?> WhyAsync(CancellationToken ct) => await joining.FormerAsync(Came?.Token, Email, ct) switch
    {
        null => null,
        { AcceptedAt: { } used } => Texts.T("It was used on {0}.", Durations.Moment(used)),
        { RevokedAt: { } revoked } => Texts.T("It was taken back on {0}.", Durations.Moment(revoked)),
        { } former => Texts.T("It expired on {0}.", Durations.Moment(former.ExpiresAt)),
    };
}
