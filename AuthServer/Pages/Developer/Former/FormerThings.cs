using AuthServer.Audit;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Developer.Former;

/// <summary>What an organization had and deleted, as far back as its trail is looked through for one page.</summary>
public sealed class FormerThings(AuditQuery trail)
{
    /// <summary>A search rests after some thousand events: so often it goes on.</summary>
    private const int MostParts = 5;

    /// <summary>The event that tells of its end; null: there is none.</summary>
    public async Task<AuditEntry?> FindAsync(string organizationId, FormerKind kind, string? id, CancellationToken ct)
    {
        if (kind.Read(id) is not { } target)
        {
            return null;
        }

        var filter = new AuditFilter { OrganizationId = organizationId, Type = kind.Type, Target = target };
        for (var parts = 0; parts < MostParts; parts++)
        {
            var part = await trail.FindAsync(filter, 1, ct);
            if (part.Entries is [var end, ..])
            {
                return end;
            }

            if (part.NextCursor is null)
            {
                return null;
            }

            filter = filter with { Cursor = part.NextCursor };
        }

        return null;
    }

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
