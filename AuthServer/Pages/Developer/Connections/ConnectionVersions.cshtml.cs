using AuthServer.Http.Api;
using AuthServer.Pages.Dashboard;
using AuthServer.Vault.Connections;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What a connection was before, what differs, and the way back.</summary>
public sealed class ConnectionVersionsModel(ConnectionDesk desk, ConnectionHistory history, ActivityNames names) : ConnectionPage(desk)
{
    private const int PerPage = 50;
    private const string Restore = "restoreConnectionVersion";

    private IReadOnlyDictionary<string, string> _people = new Dictionary<string, string>();
    private int _from;
    private long _total;

    public IReadOnlyList<ConnectionVersionItem> Versions { get; private set; } = [];

    /// <summary>One of them beside another; null: none was asked for.</summary>
    public ConnectionVersionDetail? Compared { get; private set; }

    public string? OlderAt => _from + PerPage < _total ? $"{Address}/versions?from={_from + PerPage}" : null;

    public string WhoOf(string userId) => Names.Shown(_people.GetValueOrDefault(userId) ?? userId);

    public async Task<IActionResult> OnGetAsync(string? id, int? version, int? against, int from, CancellationToken ct) =>
        await LoadAsync(id, ct) ?? await ShowAsync(version, against, from, ct);

    public async Task<IActionResult> OnPostAsync(string? id, int? version, CancellationToken ct)
    {
        if (await LoadAsync(id, Restore, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (await ShowAsync(version, null, 0, ct) is NotFoundResult || version is null)
        {
            return NotFound();
        }

        // What it is now is what it is compared with: the same form, sent twice, changes nothing.
        var problem = (await history.RestoreAsync(HttpContext, Seat.Member, Connection.Id, version.Value, ConnectionReach.Whatever, ct)).Problem;
        return problem is null ? this.SeeOther($"{Address}?done=restore") : await RefusedAsync(problem, Restore);
    }

    private async Task<IActionResult> ShowAsync(int? version, int? against, int from, CancellationToken ct)
    {
        _from = Math.Max(0, from);
        if ((await history.ListAsync(Seat.Member, Connection.Id, new Paging(PerPage, _from, null, null), ct)).Failed(out _, out var part))
        {
            return NotFound();
        }

        if (version is { } number && (Compared = (await history.FindAsync(Seat.Member, Connection.Id, number, against, ct)).Value) is null)
        {
            return NotFound();
        }

        (Versions, _total) = (part.Data, part.Meta.Total ?? 0);
        _people = await names.OfPeopleAsync(part.Data.Select(one => one.ChangedBy).Append(Compared?.Version.ChangedBy), ct);
        return Page();
    }
}
