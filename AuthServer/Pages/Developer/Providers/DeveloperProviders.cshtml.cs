using AuthServer.Pages.Portal;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Providers;

/// <summary>The providers that an organization can connect, to each of its members.</summary>
public sealed class DeveloperProvidersModel(Seats seats, ProviderCatalog catalog, ProviderAnswers answers) : OrganizationPage(seats)
{
    public string? Search { get; private set; }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<ProviderTile> Providers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? organization, string? q, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is null)
        {
            return Page();
        }

        Search = SearchField.Read(q);
        var filter = ProviderFilter.All with { Search = Search };
        Providers =
        [
            .. (await catalog.AllAsync(Seat.Organization.OrganizationId, ct)).Where(filter.Admits).Select(answers.Item)
                .Select(item => ProviderTile.Of(item, $"/developer/providers/{item.Id}?{Query}", described: true)),
        ];
        return Page();
    }
}
