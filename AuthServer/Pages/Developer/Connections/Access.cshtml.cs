using AuthServer.Http.Api;
using AuthServer.Pages.Dashboard;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>Who may see, change and use each connection of an organization: for whoever reviews it.</summary>
public sealed class AccessModel(Seats seats, AccessReviews reviews, ConnectionReview review, ProviderCatalog catalog, ActivityNames names) : OrganizationPage(seats)
{
    private const int PerPage = 25;
    private const string Confirm = "reviewConnectionAccess";

    private Dictionary<string, string> _providers = [];
    private Dictionary<string, string> _named = [];
    private IReadOnlyDictionary<string, string> _people = new Dictionary<string, string>();
    private int _from;
    private long _total;

    public IReadOnlyList<AccessReviewItem> Items { get; private set; } = [];

    /// <summary>The one that was confirmed just now.</summary>
    public string? Confirmed => Items.FirstOrDefault(item => item.ConnectionId == Request.Query["confirmed"])?.Name;

    public string? NextAt => _from + PerPage < _total ? $"/developer/access?{Query}&from={_from + PerPage}" : null;

    public string ProviderOf(AccessReviewItem item) => Names.Shown(_providers.GetValueOrDefault(item.Provider) ?? item.Provider);

    public string PersonOf(string userId) => Names.Shown(_people.GetValueOrDefault(userId) ?? userId);

    /// <param name="usual">What holds without a list.</param>
    public string Words(IReadOnlyList<string>? list, string usual) =>
        list is null ? usual : list.Count == 0 ? T("Admins and the owner") : string.Join(", ", list.Select(entry => entry switch
        {
            "auditor" => T("Every member"),
            "developer" => T("Developers and above"),
            "admin" => T("Admins and the owner"),
            "owner" => T("The owner"),
            ConnectionAccess.Agents => T("Every agent"),
            _ => Names.Shown(_named.GetValueOrDefault(entry) ?? _people.GetValueOrDefault(entry) ?? entry),
        }));

    public static string Words(AccessConcern concern) => concern switch
    {
        AccessConcern.EveryAgentUses => T("Every agent may use it"),
        AccessConcern.RawTokens => T("Raw tokens may leave the vault"),
        AccessConcern.AdminScopes => T("It asks for administration"),
        AccessConcern.NobodyChecked => T("Nobody checks who comes back"),
        AccessConcern.NamesSomebodyGone => T("It names somebody who has left"),
        _ => T("Unused for three months"),
    };

    public async Task<IActionResult> OnGetAsync(string? organization, int from, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        _from = Math.Clamp(from, 0, ConnectionSaves.Most);
        await ShowAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? connection, string? version, CancellationToken ct)
    {
        if (await SitAsync(organization, Confirm, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var answer = await reviews.ConfirmAsync(HttpContext, Seat!.Member, connection ?? "", new IfMatch([version ?? ""]), ct);
        if (answer.Value is { } item)
        {
            return this.SeeOther($"/developer/access?{Query}&confirmed={item.ConnectionId}");
        }

        await ShowAsync(ct);
        return await RefusedAsync(answer.Problem == Problem.Stale ? Problem.Conflict("stale", "The connection was changed meanwhile: look at it once more.") : answer.Problem!, Confirm, []);
    }

    private async Task ShowAsync(CancellationToken ct)
    {
        if (Seat is not { } seat)
        {
            return;
        }

        var part = (await reviews.ListAsync(seat.Member, new Paging(PerPage, _from, null, null), ct)).Value;
        (Items, _total) = (part?.Data ?? [], part?.Meta.Total ?? 0);
        _providers = (await catalog.AllAsync(seat.Organization.OrganizationId, ct)).ToDictionary(listed => listed.Provider.Id, listed => listed.Provider.Name, StringComparer.Ordinal);
        _named = (await review.NameableAsync(seat.Member, ct)).ToDictionary(one => one.Id, one => one.Name ?? one.Id, StringComparer.Ordinal);
        _people = await names.OfPeopleAsync(
            Items.SelectMany(item => new[] { item.Access.View, item.Access.Edit, item.Access.Use }.SelectMany(list => list ?? []).Where(entry => entry.StartsWith("usr_", StringComparison.Ordinal)).Append(item.ReviewedBy)), ct);
    }
}
