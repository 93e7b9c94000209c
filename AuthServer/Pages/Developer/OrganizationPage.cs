using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer;

/// <summary>A page about an organization as a whole, as its members see it.</summary>
public abstract class OrganizationPage(Seats seats) : PageModel, ISeated
{
    public IReadOnlyList<NamedMembership> Organizations { get; private set; } = [];

    /// <summary>Null: the organization has to be chosen first, or there is none.</summary>
    public Seat? Seat { get; private set; }

    /// <summary>Where the person was a member; read where no organization is chosen.</summary>
    public IReadOnlyList<FormerMembership> FormerMemberships { get; private set; } = [];

    public FormFaults Faults { get; } = new();

    /// <summary>What this page's addresses say of whose it is.</summary>
    public string Query => $"organization={Seat?.Organization.OrganizationId}";

    /// <param name="organization">Null: the only one, or none yet.</param>
    /// <returns>Where else to go; null: here.</returns>
    protected async Task<IActionResult?> SitAsync(string? organization, CancellationToken ct)
    {
        if (await seats.ReadAsync(HttpContext, ct) is not { } all)
        {
            return this.ToSignIn();
        }

        Organizations = [.. all.Select(seat => seat.Organization)];
        var chosen = OrganizationChoice.Of(Organizations, organization);
        Seat = all.FirstOrDefault(seat => seat.Organization == chosen);

        if (Seat is not null)
        {
            return null;
        }

        // None is chosen where there are several. Another's is not there, but for those who were members once.
        FormerMemberships = await seats.ReadFormerAsync(HttpContext, ct);
        return organization is null ? null : FormerMemberships.FirstOrDefault(former => former.OrganizationId == organization) is { } was ? this.SeeOther(was.Address) : NotFound();
    }

    /// <summary>The same for what only developers do.</summary>
    /// <param name="operation">What is tried, by the name that the API has for it.</param>
    protected Task<IActionResult?> SitAsync(string? organization, string operation, CancellationToken ct) => SitAsync(organization, operation, Role.Developer, ct);

    /// <param name="least">The role that it needs. Developers who lack it are for the page to refuse.</param>
    protected async Task<IActionResult?> SitAsync(string? organization, string operation, Role least, CancellationToken ct) =>
        await SitAsync(organization, ct) is { } elsewhere ? elsewhere
        : Seat is null ? NotFound()
        : Seat.IsDeveloper ? null
        : await PageAnswers.RefuseAsync(HttpContext, Seat, operation, least);

    /// <summary>This page again, with what stood in the way.</summary>
    protected Task<IActionResult> RefusedAsync(Problem problem, string operation, IEnumerable<Question> asked) =>
        this.RefusedAsync(Seat!, problem, operation, asked, Faults);
}
