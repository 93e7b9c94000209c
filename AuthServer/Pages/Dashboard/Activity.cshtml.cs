using AuthServer.Audit;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuthServer.Pages.Dashboard;

/// <summary>What was done in the person's name, newest first: by everybody, or by one agent.</summary>
public sealed class ActivityModel(SignedInReader signedIn, AuditQuery trail, ActivityNames names) : PageModel
{
    private const int PerPage = 30;

    public IReadOnlyList<ActivityLine> Lines { get; private set; } = [];

    /// <summary>The agent that it is about; null: all of them.</summary>
    public string? AgentId { get; private set; }

    /// <summary>Null: it did nothing in the person's name, and of others they learn nothing.</summary>
    public string? AgentName { get; private set; }

    /// <summary>The address of what came before; null: there is nothing older.</summary>
    public string? OlderAt { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? agent, string? cursor, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            return this.ToSignIn();
        }

        AgentId = agent is null ? null : Identifiers.Read("agt_", agent);
        if ((agent is not null && AgentId is null) || (cursor is not null && !AuditQuery.IsCursor(cursor)))
        {
            return NotFound();
        }

        var part = await trail.FindAsync(new AuditFilter { UserId = reader.Person.Subject, AgentId = AgentId, Cursor = cursor }, PerPage, ct);
        var known = await names.OfAsync(part.Entries, ct);
        Lines = [.. part.Entries.Select(entry => ActivityLine.Of(entry, known))];
        AgentName = AgentId is null ? null : known.GetValueOrDefault(AgentId);
        OlderAt = part.NextCursor is null ? null : $"/dashboard/activity?{(AgentId is null ? "" : $"agent={AgentId}&")}cursor={part.NextCursor}";
        return Page();
    }
}
