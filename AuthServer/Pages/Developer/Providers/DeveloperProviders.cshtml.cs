using AuthServer.Organizations;
using AuthServer.Pages.Portal;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Providers;

/// <summary>The providers that an organization can connect, to each of its members.</summary>
public sealed class DeveloperProvidersModel(SignedInReader signedIn, Memberships memberships, ProviderCatalog catalog, ProviderAnswers answers) : PageModel
{
    public IReadOnlyList<NamedMembership> Organizations { get; private set; } = [];

    /// <summary>Null: it has to be chosen first, or there is none.</summary>
    public NamedMembership? Organization { get; private set; }

    public string? Search { get; private set; }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<ProviderTile> Providers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? organization, string? q, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        Organizations = await memberships.NamedAsync(reader.Person.Subject, ct);
        Organization = OrganizationChoice.Of(Organizations, organization);
        if (Organization is null)
        {
            // Another's is not there; none is chosen where there are several.
            return organization is null ? Page() : NotFound();
        }

        Search = SearchField.Read(q);
        var filter = ProviderFilter.All with { Search = Search };
        Providers =
        [
            .. (await catalog.AllAsync(Organization.OrganizationId, ct)).Where(filter.Admits).Select(answers.Item)
                .Select(item => ProviderTile.Of(item, $"/developer/providers/{item.Id}?organization={Organization.OrganizationId}", described: true)),
        ];
        return Page();
    }
}
