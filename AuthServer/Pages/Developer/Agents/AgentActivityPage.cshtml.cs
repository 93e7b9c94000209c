using AuthServer.Audit;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>What an agent did and what was done to it, newest first.</summary>
public sealed class AgentActivityPageModel(AgentDesk desk, AuditViews trail) : AgentPage(desk)
{
    private const int PerPage = 30;

    public IReadOnlyList<AuditEntry> Entries { get; private set; } = [];

    /// <summary>Of people, by id.</summary>
    public IReadOnlyDictionary<string, string> People { get; private set; } = new Dictionary<string, string>();

    /// <summary>The address of what came before; null: there is nothing older.</summary>
    public string? OlderAt { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? id, string? cursor, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (cursor is not null && !AuditQuery.IsCursor(cursor))
        {
            return NotFound();
        }

        var page = await trail.OfOrganizationAsync(Seat.Organization.OrganizationId, new AuditFilter { AgentId = Agent.Id, Cursor = cursor }, PerPage, ct);
        Entries = page.Data;
        People = await Desk.Names.OfPeopleAsync(Entries.Select(entry => entry.UserId), ct);
        OlderAt = page.Meta.NextCursor is { } next ? $"{Address}/activity?cursor={next}" : null;
        return Page();
    }
}
