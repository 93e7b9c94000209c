using AuthServer.Http.Api;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>The connections of an organization that a member may see.</summary>
public sealed class ConnectionsModel(Seats seats, OrganizationConnections all, ProviderCatalog catalog, AccountFigures figures) : OrganizationPage(seats)
{
    private const int PerPage = 50;
    private const int LongestSearch = 100;

    private Dictionary<string, string> _providers = [];
    private IReadOnlyDictionary<string, AccountFigure> _accounts = new Dictionary<string, AccountFigure>();

    public IReadOnlyList<ConnectionItem> Connections { get; private set; } = [];

    /// <summary>How many match.</summary>
    public int Total { get; private set; }

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Search { get; set; }

    [BindProperty(SupportsGet = true, Name = "status")]
    public string? Status { get; set; }

    [BindProperty(SupportsGet = true, Name = "environment")]
    public string? Environment { get; set; }

    [BindProperty(SupportsGet = true, Name = "rotation")]
    public string? Rotation { get; set; }

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public IReadOnlyList<string> Environments { get; private set; } = [];

    /// <summary>How many secrets should have been replaced by now.</summary>
    public int Overdue { get; private set; }

    public bool IsFiltered => Search is not null || Status is not null || Environment is not null || Rotation is not null;

    /// <summary>What was done just now.</summary>
    public string? Done => Request.Query["done"].ToString() switch
    {
        "delete" => T("The connection is deleted"),
        "import" => T("The files are imported"),
        _ => null,
    };

    public string? NextAt => From + PerPage < Total ? $"/developer/connections?{Query}&from={From + PerPage}{Filter("q", Search)}{Filter("status", Status)}{Filter("environment", Environment)}{Filter("rotation", Rotation)}" : null;

    public string ProviderOf(ConnectionItem connection) => Names.Shown(_providers.GetValueOrDefault(connection.Provider) ?? connection.Provider);

    public AccountFigure AccountsOf(ConnectionItem connection) => _accounts.GetValueOrDefault(connection.Id) ?? AccountFigure.None;

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return Page();
        }

        (Search, Environment) = (Text(Search), Text(Environment));
        var status = Word<ConnectionStatus>(Status);
        Status = status is { } known ? ConnectionWords.Snake(known) : null;
        Rotation = Rotation == "overdue" ? Rotation : null;
        From = Math.Clamp(From, 0, ConnectionSaves.Most);

        var caller = new ActingParty(seat.Member);
        var filter = new ConnectionFilter(null, null, status, Environment, Rotation is null ? null : RotationState.Overdue, false, Search, null);
        var every = (await all.ListAsync(caller, filter with { Status = null, Environment = null, Rotation = null, Text = null }, new Paging(ConnectionSaves.Most, 0, null, null), ct)).Value?.Data ?? [];
        Environments = [.. every.Select(one => one.Environment).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Overdue = every.Count(one => one.RotationOverdue == true);
        var shown = (await all.ListAsync(caller, filter, new Paging(PerPage, From, null, null), ct)).Value;
        (Connections, Total) = (shown?.Data ?? [], (int)(shown?.Meta.Total ?? 0));
        _providers = (await catalog.AllAsync(seat.Organization.OrganizationId, ct)).ToDictionary(listed => listed.Provider.Id, listed => listed.Provider.Name, StringComparer.Ordinal);
        _accounts = await figures.OfAsync(seat.Organization.OrganizationId, ct);
        return Page();
    }

    private static string? Text(string? text) => text?.Trim() is { Length: > 0 } said ? said[..Math.Min(said.Length, LongestSearch)] : null;

    private static T? Word<T>(string? word)
        where T : struct, Enum => Enum.GetValues<T>().Where(value => ConnectionWords.Snake(value) == word).Select(value => (T?)value).FirstOrDefault();

    private static string Filter(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
