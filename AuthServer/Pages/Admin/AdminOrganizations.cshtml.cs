using AuthServer.Administration;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Admin;

/// <summary>All organizations of the installation.</summary>
public sealed class AdminOrganizationsModel(AdminDesk desk, AdminOrganizations organizations) : AdminPage(desk)
{
    public IReadOnlyList<OrganizationLine> Items { get; private set; } = [];

    public string? Search { get; private set; }

    public string? NextAt => Items.Count == AdminOrganizations.Portion
        ? $"/admin/organizations?after={Items[^1].Id}{(Search is null ? "" : $"&q={Uri.EscapeDataString(Search)}")}"
        : null;

    public async Task<IActionResult> OnGetAsync(string? q, string? after, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Search = SearchField.Read(q);
        Items = await organizations.ListAsync(Search, after, ct);
        return Page();
    }
}
