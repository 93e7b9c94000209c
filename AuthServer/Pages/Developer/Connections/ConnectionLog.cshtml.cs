using AuthServer.Audit;
using AuthServer.Pages.Dashboard;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>The part of the trail that is about a connection and its accounts.</summary>
public sealed class ConnectionLogModel(ConnectionDesk desk, AuditViews trail, ActivityNames names) : ConnectionPage(desk)
{
    private const int PerPage = 50;

    private string? _next;

    public IReadOnlyList<ConnectionLogLine> Lines { get; private set; } = [];

    public string Kind { get; private set; } = "";

    public IEnumerable<(string Title, string Address, bool IsCurrent)> Kinds =>
        ConnectionLogLine.Kinds.Select(kind => (kind.Title, $"{Address}/log{(kind.Name.Length == 0 ? "" : $"?kind={kind.Name}")}", kind.Name == Kind));

    public string? OlderAt => _next is null ? null : $"{Address}/log?cursor={_next}{(Kind.Length == 0 ? "" : $"&kind={Kind}")}";

    public async Task<IActionResult> OnGetAsync(string? id, string? kind, string? cursor, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (ConnectionLogLine.Kinds.FirstOrDefault(known => known.Name == (kind ?? "")) is not { Title: { } } chosen || (cursor is not null && !AuditQuery.IsCursor(cursor)))
        {
            return NotFound();
        }

        Kind = chosen.Name;
        var filter = new AuditFilter { About = Connection.Id, Types = chosen.Types, Outcome = chosen.Outcome, Cursor = cursor };
        var part = await trail.OfOrganizationAsync(Seat.Organization.OrganizationId, filter, PerPage, ct);
        var known = await names.OfAsync(part.Data.Select(entry => entry.AgentId), part.Data.Select(entry => entry.ClientId), ct);
        var people = await names.OfPeopleAsync(part.Data.Select(entry => entry.UserId), ct);
        (Lines, _next) = ([.. part.Data.Select(entry => ConnectionLogLine.Of(entry, known, people))], part.Meta.NextCursor);
        return Page();
    }
}
