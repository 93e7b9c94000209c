using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>What others can begin with: the provider's template, this connection as another one, and this connection as a file.</summary>
public sealed class ConnectionTemplatesModel(ConnectionDesk desk, ConnectionFiles files) : ConnectionPage(desk)
{
    private const string Create = "createConnection";

    private static readonly string[] ForAdmins = ["credentials", "access", "allow_raw_tokens", "return_check"];
    private static readonly string[] AddressesForAdmins = ["authorization_url", "token_url", "base_url", "key"];

    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    private Question? _typed;

    public TemplateItem? Template => Provider?.Template;

    public Question NewName => _typed ?? new("name", T("Name of the new one")) { Optional = false, MaxLength = 200, Value = $"{Connection.Name} 2" };

    /// <summary>As the API is sent it.</summary>
    public string Json => JsonSerializer.Serialize(Template, Indented);

    /// <summary>Scopes, in plain words.</summary>
    public string Words(string scope) => Provider?.Definition.Oauth?.Scopes.Find(scope) is { Words.Length: > 0 } known ? Names.Shown(T(known.Words)) : scope;

    public async Task<IActionResult> OnGetAsync(string? id, CancellationToken ct) => await LoadAsync(id, ct) ?? Page();

    /// <summary>The file, for keeping and for review.</summary>
    public async Task<IActionResult> OnGetFileAsync(string? id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        return (await files.ExportAsync(Seat.Member, Connection.Id, ct)).Failed(out _, out var file) ? NotFound()
            : File(JsonSerializer.SerializeToUtf8Bytes(file, Indented), "application/json", $"{Connection.Id}.json");
    }

    public async Task<IActionResult> OnPostAsync(string? id, CancellationToken ct)
    {
        if (await LoadAsync(id, Create, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if ((await files.ExportAsync(Seat.Member, Connection.Id, ct)).Failed(out _, out var file))
        {
            return NotFound();
        }

        _typed = FormAnswers.Keep([NewName], Request.Form)[0];
        var said = Copy(file, _typed.Value);
        if (!(await Desk.Connections.CreateAsync(HttpContext, Seat.Member, said, ct)).Failed(out var problem, out var made))
        {
            return this.SeeOther($"{ConnectionTabs.At(made.Id)}/setup");
        }

        // The same form, sent twice: it has made its draft.
        return problem.Code == "name_taken" && await Desk.DraftAsync(Seat, Connection.Provider, said.Name, ct) is { } draft
            ? this.SeeOther($"{ConnectionTabs.At(draft)}/setup")
            : await RefusedAsync(problem.Code == "name_taken" ? Problem.Invalid("name", problem.Said) : problem, Create, [NewName]);
    }

    /// <summary>A copy is nobody's default, and says nothing of what only admins decide about where somebody else makes it.</summary>
    private NewConnection Copy(ConnectionFile file, string name)
    {
        var json = JsonSerializer.SerializeToNode(file, ApiJson.Options)!.AsObject();
        foreach (var member in Seat.IsAdmin ? [] : ForAdmins)
        {
            json.Remove(member);
        }

        if (!Seat.IsAdmin && json["settings"] is JsonObject settings)
        {
            foreach (var member in AddressesForAdmins)
            {
                settings.Remove(member);
            }
        }

        var said = json.Deserialize<NewConnection>(ApiJson.Requests)!;
        (said.Name, said.IsDefault, said.Status) = (name, false, ConnectionStatus.Draft);
        return said;
    }
}
