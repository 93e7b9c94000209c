using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Forms;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Home;

/// <summary>An organization at a glance: what needs somebody, what is to be done first, what there is. Who has none makes one here.</summary>
public sealed class DeveloperHomeModel(Seats seats, OrganizationOverview overview, Organizations.Organizations organizations, SignUp signUp, SignedInReader signedIn, IssuerUri issuer)
    : OrganizationPage(seats)
{
    private const string Create = "createOrganization";

    /// <summary>Null: no organization is chosen.</summary>
    public Overview? Overview { get; private set; }

    public IReadOnlyList<Need> Needs { get; private set; } = [];

    public string Issuer => issuer.Value;

    /// <summary>Whether somebody who is in one already wants another.</summary>
    public bool IsMaking => Organizations.Count == 0 || Request.Query["make"] == "yes";

    public bool WasClosed => Request.Query["done"] == "closed";

    /// <summary>Whether this server lets everybody make one.</summary>
    public bool IsOpen { get; private set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Invitation { get; set; }

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct) => await LoadAsync(organization, ct) ?? Page();

    public async Task<IActionResult> OnPostAsync(string? organization, CancellationToken ct)
    {
        if (await LoadAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        // Sent twice, it is there already.
        if (Organizations.FirstOrDefault(one => one.Role == Role.Owner && one.Name == Name?.Trim()) is { } made)
        {
            return this.SeeOther($"/developer?organization={made.OrganizationId}");
        }

        var asked = new NewOrganization { Name = Name, Invitation = string.IsNullOrWhiteSpace(Invitation) ? null : Invitation.Trim() };
        if (!(await HttpContext.OnceAsync(once => organizations.CreateAsync(HttpContext, Person.Of(reader.Person), asked, once))).Failed(out var problem, out var created))
        {
            return this.SeeOther($"/developer?organization={created.Id}");
        }

        await HttpContext.TellRefusalAsync(Person.Of(reader.Person), Create, problem);
        FormAnswers.Tell(problem, [new Question(nameof(Name), "Name") { Target = "name" }], Faults);
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        IsOpen = (await signUp.AskDeveloperAsync(null, ct)).Allowed;
        if (Seat is { } seat)
        {
            Overview = await overview.ReadAsync(seat.Member, ct);
            Needs = [.. Need.Of(Overview, seat)];
        }

        return null;
    }
}
