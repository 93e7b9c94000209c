using AuthServer.Audit;
using AuthServer.Organizations;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Former;

/// <summary>What something was, and when it went. Pages of things lead here when their thing is deleted.</summary>
public sealed class GoneModel(Seats seats, FormerThings former, NamesInOrganization names) : OrganizationPage(seats), ISeated
{
    private IReadOnlyDictionary<string, string> _members = new Dictionary<string, string>();

    public FormerKind Kind { get; private set; } = null!;

    string? ISeated.EntryPath => Kind?.Page;

    /// <summary>The event that tells of its end.</summary>
    public AuditEntry End { get; private set; } = null!;

    public string Name => Names.Shown(FormerKind.NameOf(End));

    /// <summary>Whoever did it; null: nobody who is here.</summary>
    public string? By => End.UserId is { } user && _members.TryGetValue(user, out var name) ? Names.Shown(name) : null;

    /// <summary>They went by themselves.</summary>
    public bool HasLeft => Kind == FormerKind.Member && End.Reason == OrganizationMembers.Left;

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
        _members = await names.OfMembersAsync(seat.Organization.OrganizationId, [end.UserId], ct);
        Response.StatusCode = StatusCodes.Status410Gone;
        return Page();
    }
}
