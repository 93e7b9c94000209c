using AuthServer.Delegations;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Delegations;

/// <summary>One delegation, its chain and what would end with it; and ending it. For the person in whose name it is, and for members of an organization
/// that has an agent in its chain.</summary>
public sealed class DelegationModel(SignedInReader signedIn, Memberships memberships, DelegationGraphs graphs, GivenDelegations given) : PageModel
{
    private DelegationParty _party = null!;
    private Role? _role;

    /// <summary>Root first; the last is the one that this is about.</summary>
    public IReadOnlyList<DelegationView> Chain { get; private set; } = [];

    public DelegationView Hop => Chain[^1];

    public BlastRadius Radius { get; private set; } = new("", 0, []);

    public IReadOnlyDictionary<string, string> AgentNames { get; private set; } = new Dictionary<string, string>();

    /// <summary>The person's own; or with the role that the API asks for.</summary>
    public bool MayRevoke => _party.PersonId is not null || _role >= Role.Developer;

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
            var refused = Problem.Forbidden("role", "This needs the role developer or a higher one.");
            await HttpContext.TellRefusalAsync(new Http.Api.Developer(refused, new KnownCaller(reader.Person.Subject, _party.OrganizationId)), "revokeDelegation", refused);
            return (await memberships.NamedAsync(reader.Person.Subject, ct)).FirstOrDefault(one => one.OrganizationId == _party.OrganizationId) is { } membership
                ? PageAnswers.Refuse(HttpContext, membership)
                : StatusCode(refused.Status);
        }

        return (await given.RevokeAsync(HttpContext, _party, Hop.Row.Id, ct)).Problem is null ? this.SeeOther($"/delegation?id={Hop.Row.Id}&revoked=yes") : NotFound();
    }

    /// <summary>As the person in whose name it is; else as a member, where they may do most.</summary>
    private async Task<bool> FindAsync(string userId, string id, CancellationToken ct)
    {
        var members = (await memberships.OfAsync(userId, ct)).OrderByDescending(member => member.Role);
        (DelegationParty Party, Role? Role)[] parties =
            [(DelegationParty.Person(userId), null), .. members.Select(member => (DelegationParty.Member(member.OrganizationId, userId), (Role?)member.Role))];
        foreach (var (party, role) in parties)
        {
            if ((await graphs.ChainAsync(party, id, ct)).Value is { Hops: { Count: > 0 } hops })
            {
                (_party, _role, Chain) = (party, role, hops);
                return true;
            }
        }

        return false;
    }
}
