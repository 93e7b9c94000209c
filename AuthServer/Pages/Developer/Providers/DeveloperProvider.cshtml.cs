using AuthServer.Pages.Developer.Former;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Providers;

/// <summary>What has to be done at one provider before it can be connected, and what it can be asked for.</summary>
public sealed class DeveloperProviderModel(Seats seats, ProviderCatalog catalog, ProviderAnswers answers, FormerThings former) : OrganizationPage(seats)
{
    public ProviderDetail Provider { get; private set; } = null!;

    public ScopeRules? Scopes => Provider.Definition.Oauth?.Scopes;

    public async Task<IActionResult> OnGetAsync(string id, string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        // Those that come with the server are the same for all; an organization's own are its own.
        var listed = Seat is { Organization: var chosen } ? await catalog.ListedAsync(chosen.OrganizationId, id, ct)
            : ShippedProviders.Find(id) is { } shipped ? new ListedProvider(shipped, null)
            : null;
        if (listed is null)
        {
            return await former.AnswerAsync(this, Seat is null ? [] : [Seat.Organization.OrganizationId], FormerKind.Provider, id, ct);
        }

        Provider = answers.Detail(listed);
        return Page();
    }
}
