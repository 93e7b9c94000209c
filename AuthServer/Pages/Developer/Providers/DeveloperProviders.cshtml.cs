using AuthServer.Organizations;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Providers;

/// <summary>The providers that an organization can connect, to each of its members.</summary>
public sealed class DeveloperProvidersModel(SignedInReader signedIn, Memberships memberships, ProviderCatalog catalog, ProviderAnswers answers) : PageModel
{
    private const int LongestSearch = 100;

    public IReadOnlyList<NamedMembership> Organizations { get; private set; } = [];

    /// <summary>Null: it has to be chosen first, or there is none.</summary>
    public NamedMembership? Organization { get; private set; }

    public string? Search { get; private set; }

    /// <summary>By category, both by name.</summary>
    public IReadOnlyList<IGrouping<string, ProviderItem>> Providers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? organization, string? search, CancellationToken ct)
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

        Search = search?.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, LongestSearch)] : null;
        var filter = ProviderFilter.All with { Search = Search };
        Providers =
        [
            .. (await catalog.AllAsync(Organization.OrganizationId, ct)).Where(filter.Admits).Select(answers.Item)
                .GroupBy(item => ProviderPages.Words(item.Category), StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Create(Texts.Language.Culture, ignoreCase: true)),
        ];
        return Page();
    }
}
