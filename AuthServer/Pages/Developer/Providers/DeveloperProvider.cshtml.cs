using AuthServer.Organizations;
using AuthServer.Pages.Developer.Former;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Providers;

/// <summary>What has to be done at one provider before it can be connected, and what it can be asked for.</summary>
public sealed class DeveloperProviderModel(SignedInReader signedIn, Memberships memberships, ProviderCatalog catalog, ProviderAnswers answers, FormerThings former) : PageModel
{
    public NamedMembership? Organization { get; private set; }

    public ProviderDetail Provider { get; private set; } = null!;

    public ScopeRules? Scopes => Provider.Definition.Oauth?.Scopes;

    public async Task<IActionResult> OnGetAsync(string id, string? organization, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        Organization = OrganizationChoice.Of(await memberships.NamedAsync(reader.Person.Subject, ct), organization);

        // Those that come with the server are the same for all; an organization's own are its own.
        var listed = Organization is { } chosen ? await catalog.ListedAsync(chosen.OrganizationId, id, ct)
            : organization is null && ShippedProviders.Find(id) is { } shipped ? new ListedProvider(shipped, null)
            : null;
        if (listed is null)
        {
            return await former.AnswerAsync(this, Organization is null ? [] : [Organization.OrganizationId], FormerKind.Provider, id, ct);
        }

        Provider = answers.Detail(listed);
        return Page();
    }
}
