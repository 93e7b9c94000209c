using AuthServer.Applications;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Applications;

/// <summary>An organization's OAuth clients, newest first.</summary>
public sealed class ApplicationListModel(Seats seats, OrganizationApplications applications) : OrganizationPage(seats)
{
    private const int PerPage = 50;

    public IReadOnlyList<ApplicationItem> Applications { get; private set; } = [];

    public long Total { get; private set; }

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public string? NextAt => From + PerPage < Total ? $"/developer/applications?{Query}&from={From + PerPage}" : null;

    public string? Done => Request.Query["done"] == "remove" ? Texts.T("The application is removed, and all its tokens are dead") : null;

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        From = Math.Clamp(From, 0, 100_000);
        if (Seat is { } seat && (await applications.ListAsync(seat.Member, new Paging(PerPage, From, null, null), ct)).Value is { } page)
        {
            (Applications, Total) = (page.Data, page.Meta.Total ?? 0);
        }

        return Page();
    }
}
