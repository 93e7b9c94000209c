using AuthServer.Audit;
using AuthServer.Organizations;
using AuthServer.Pages.Dashboard;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Former;

/// <summary>What something was, and when it went. Pages of things lead here when their thing is deleted.</summary>
public sealed class GoneModel(Seats seats, FormerThings former, NamesInOrganization names, ActivityNames people) : OrganizationPage(seats), ISeated
{
    private string? _person;

    private IReadOnlyDictionary<string, string> _members = new Dictionary<string, string>();

    public FormerKind Kind { get; private set; } = null!;

    string? ISeated.EntryPath => Kind?.Page;

    /// <summary>The event that tells of its end.</summary>
    public AuditEntry End { get; private set; } = null!;

    public string Name => Names.Shown(_person ?? FormerKind.NameOf(End));

    /// <summary>Whoever did it; null: nobody who is here, as who went by themselves is not.</summary>
    public string? By => End.UserId is { } user && _members.TryGetValue(user, out var name) ? Names.Shown(name) : null;

    /// <summary>What became of it, as a sentence.</summary>
    public IHtmlContent Words
    {
        get
        {
            var at = Durations.Moment(End.Timestamp);
            return Kind != FormerKind.Member ? H("<bdi>{0}</bdi> was deleted on {1}.", Name, at) : End.Reason switch
            {
                OrganizationEvents.Left => H("<bdi>{0}</bdi> left on {1}.", Name, at),
                OrganizationEvents.AccountRemoved => H("<bdi>{0}</bdi> deleted their account on {1}.", Name, at),
                _ => H("<bdi>{0}</bdi> was removed on {1}.", Name, at),
            };
        }
    }

    public async Task<IActionResult> OnGetAsync(string kind, string? organization, string? id, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat || FormerKind.All.FirstOrDefault(one => one.Name == kind) is not { } known
            || await former.FindAsync(seat.Organization.OrganizationId, known, id, ct) is not { } end)
        {
            return NotFound();
        }

        if (await former.FindAgainAsync(seat.Organization.OrganizationId, known, end.Target!, ct) is { } again)
        {
            return this.SeeOther(again);
        }

        (Kind, End) = (known, end);

        // Whoever was a member has a name while they have an account.
        _person = known == FormerKind.Member ? (await people.OfPeopleAsync([end.Target], ct)).GetValueOrDefault(end.Target!) : null;
        _members = await names.OfMembersAsync(seat.Organization.OrganizationId, [end.UserId], ct);
        Response.StatusCode = StatusCodes.Status410Gone;
        return Page();
    }
}
