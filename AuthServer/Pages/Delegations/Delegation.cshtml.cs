using AuthServer.Delegations;
using AuthServer.Pages.Developer;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Delegations;

/// <summary>One delegation, its chain and what would end with it; and ending it. For the person in whose name it is, and for members of an organization
/// that has an agent in its chain.</summary>
public sealed class DelegationModel(SignedInReader signedIn, Seats seats, DelegationGraphs graphs, GivenDelegations given) : PageModel
{
    private DelegationParty _party = null!;
    private Seat? _seat;

    /// <summary>Root first; the last is the one that this is about.</summary>
    public IReadOnlyList<DelegationView> Chain { get; private set; } = [];

    public DelegationView Hop => Chain[^1];

    public BlastRadius Radius { get; private set; } = new("", 0, []);

    public IReadOnlyDictionary<string, string> AgentNames { get; private set; } = new Dictionary<string, string>();

    /// <summary>The person's own; or with the role that the API asks for.</summary>
    public bool MayRevoke => _seat is null || _seat.IsDeveloper;

    /// <summary>Whether to revoke it.</summary>
    public bool Asks => MayRevoke && Request.Query["revoke"] == "ask";

    public bool WasRevoked => Request.Query["revoked"] == "yes";

    public string Principal => _party.PersonId is not null ? Texts.T("Yours") : Hop.Row.PrincipalId.StartsWith("usr_", StringComparison.Ordinal) ? Texts.T("A person's, by their consent") : Texts.T("The first agent's own");

    /// <summary>The address of the picture that it is part of.</summary>
    public string GraphAt => _party.PersonId is not null ? "/dashboard/delegations" : $"/developer/delegations?organization={_party.OrganizationId}";

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        if (!await FindAsync(reader.Person.Subject, id ?? "", ct) || (await given.BlastRadiusAsync(_party, Hop.Row.Id, ct)).Failed(out _, out var radius))
        {
            return NotFound();
        }

        (Radius, AgentNames) = (radius, await graphs.NamesAsync(_party, radius.Agents, ct));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? id, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        if (!await FindAsync(reader.Person.Subject, id ?? "", ct))
        {
            return NotFound();
        }

        if (!MayRevoke)
        {
            return await PageAnswers.RefuseAsync(HttpContext, _seat!, "revokeDelegation");
        }

        return (await given.RevokeAsync(HttpContext, _party, Hop.Row.Id, ct)).Problem is null ? this.SeeOther($"/delegation?id={Hop.Row.Id}&revoked=yes") : NotFound();
    }

    /// <summary>As the person in whose name it is; else as a member, where they may do most.</summary>
    private async Task<bool> FindAsync(string userId, string id, CancellationToken ct)
    {
        var all = (await seats.ReadAsync(HttpContext, ct) ?? []).OrderByDescending(seat => seat.Member.Role);
        (DelegationParty Party, Seat? Seat)[] parties =
            [(DelegationParty.Person(userId), null), .. all.Select(seat => (DelegationParty.Member(seat.Member.OrganizationId, userId), (Seat?)seat))];
        foreach (var (party, seat) in parties)
        {
            if ((await graphs.ChainAsync(party, id, ct)).Value is { Hops: { Count: > 0 } hops })
            {
                (_party, _seat, Chain) = (party, seat, hops);
                return true;
            }
        }

        return false;
    }
}
