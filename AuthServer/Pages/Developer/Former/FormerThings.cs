using AuthServer.Audit;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Former;

/// <summary>What an organization had and deleted, as far back as its trail is kept.</summary>
public sealed class FormerThings(AuditQuery trail)
{
    /// <summary>The event that tells of its end; null: there is none.</summary>
    public async Task<AuditEntry?> FindAsync(string organizationId, FormerKind kind, string? id, CancellationToken ct) =>
        kind.Read(id) is { } target ? (await trail.OfGoneAsync(target, organizationId, ct)).FirstOrDefault(told => told.Type == kind.Type) : null;

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
