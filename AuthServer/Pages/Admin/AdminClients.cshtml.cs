using AuthServer.Administration;
using AuthServer.Pages.Portal;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Admin;

/// <summary>All applications, wherever they come from.</summary>
public sealed class AdminClientsModel(AdminDesk desk, AdminClients clients) : AdminPage(desk)
{
    public IReadOnlyList<ClientLine> Items { get; private set; } = [];

    public string? Search { get; private set; }

    public ClientSource? Source { get; private set; }

    public string? NextAt => Items.Count == AdminClients.Portion ? At(Source, $"after={Uri.EscapeDataString(Items[^1].ClientId)}{(Search is null ? "" : $"&q={Uri.EscapeDataString(Search)}")}") : null;

    public static string At(ClientSource? source, string more = "") =>
        "/admin/clients" + (source, more) switch
        {
            (null, "") => "",
            (null, _) => "?" + more,
            (_, "") => "?source=" + Word(source.Value),
            _ => $"?source={Word(source.Value)}&{more}",
        };

    public static string Word(ClientSource source) => source.ToString().ToLowerInvariant();

    public async Task<IActionResult> OnGetAsync(string? q, string? source, string? after, CancellationToken ct)
    {
        if (await EnterAsync(ct) is { } elsewhere)
        {
            return elsewhere;
        }

        (Search, Source) = (SearchField.Read(q), Enum.GetValues<ClientSource>().Where(one => Word(one) == source).Select(one => (ClientSource?)one).FirstOrDefault());
        Items = await clients.ListAsync(Search, Source, after, ct);
        return Page();
    }
}
