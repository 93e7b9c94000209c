using AuthServer.Agents;
using AuthServer.Consents;
using AuthServer.Delegations;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Dashboard;

/// <summary>What acts for the person now, and stopping it.</summary>
public sealed class DashboardModel(SignedInReader signedIn, PersonalConsents consents, PersonalActors actors, OwnedAgents agents) : PageModel
{
    public PersonClaims Person { get; private set; } = null!;

    public IReadOnlyList<ActingConsents> Acting { get; private set; } = [];

    /// <summary>Those at the ends of chains that began with one of these.</summary>
    public IReadOnlyList<PersonalActor> Through { get; private set; } = [];

    /// <summary>The agents that the person answers for.</summary>
    public IReadOnlyList<OwnedAgent> Owned { get; private set; } = [];

    /// <summary>What was stopped just now.</summary>
    public bool Stopped => Request.Query["stopped"] == "yes";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in");
        }

        (Person, Acting) = (reader.Claims, ActingConsents.Of(await consents.ListAsync(reader.Person.Subject, ct)));
        Through = [.. (await actors.ListAsync(reader.Person.Subject, ct)).Where(actor => !actor.IsDirect)];
        Owned = await agents.ListAsync(reader.Person.Subject, ct);
        return Page();
    }

    /// <param name="consent">One by which they act.</param>
    public async Task<IActionResult> OnPostAsync(string? consent, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.SeeOther("/sign-in");
        }

        // Twice is not worse than once: what is gone already stays gone, and the page says the same.
        await consents.StopAsync(HttpContext, reader.Person.Subject, consent ?? "", ct);
        return this.SeeOther("/dashboard?stopped=yes");
    }
}
