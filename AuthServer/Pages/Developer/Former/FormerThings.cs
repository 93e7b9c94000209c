using AuthServer.Audit;
using AuthServer.Organizations;
using AuthServer.Scopes;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Former;

/// <summary>What an organization had and deleted, as far back as its trail is kept.</summary>
public sealed class FormerThings(AuditQuery trail, Memberships members, ScopeCatalog scopes, ProviderCatalog providers)
{
    /// <summary>The event that tells of its end; null: there is none.</summary>
    public async Task<AuditEntry?> FindAsync(string organizationId, FormerKind kind, string? id, CancellationToken ct) =>
        kind.Read(id) is { } target ? (await trail.OfGoneAsync(target, organizationId, ct)).FirstOrDefault(told => told.Type == kind.Type) : null;

    /// <summary>The page of what is there again, by the same name or id: a person who joined once more, a name that was given anew. Null: it is gone.</summary>
    public async Task<string?> FindAgainAsync(string organizationId, FormerKind kind, string id, CancellationToken ct) =>
        kind == FormerKind.Member && await members.RoleAsync(organizationId, id, ct) is not null ? $"/developer/members/{id}?organization={organizationId}"
        : kind == FormerKind.Provider && await providers.FindAsync(organizationId, id, ct) is not null ? $"/developer/providers/{Uri.EscapeDataString(id)}?organization={organizationId}"
        : kind == FormerKind.Scope && (await scopes.KnownAsync(organizationId, ct)).Find(id) is { Origin: ScopeOrigin.Organization } ? $"/developer/scopes?organization={organizationId}&name={Uri.EscapeDataString(id)}"
        : null;

    /// <summary>The answer where a page does not find its thing: to where it is said what it was, or that it is not there.</summary>
    /// <param name="organizationIds">Those in which whoever asks has a seat.</param>
    public async Task<IActionResult> AnswerAsync(PageModel page, IEnumerable<string> organizationIds, FormerKind kind, string? id, CancellationToken ct)
    {
        foreach (var organizationId in organizationIds)
        {
            if (await FindAsync(organizationId, kind, id, ct) is { } end)
            {
                return page.SeeOther($"/developer/gone/{kind.Name}?organization={organizationId}&id={Uri.EscapeDataString(end.Target!)}");
            }
        }

        return page.NotFound();
    }
}
