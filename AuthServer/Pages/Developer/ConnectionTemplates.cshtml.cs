using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer;

/// <summary>What others can begin with: the provider's template, this connection as another one, and this connection as a file.</summary>
public sealed class ConnectionTemplatesModel(ConnectionDesk desk, ConnectionFiles files) : ConnectionPage(desk)
{
    private const string Import = "importConnections";

    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    private Question? _typed;

    public TemplateItem? Template => Provider?.Template;

    public Question NewName => _typed ?? new("name", "Name of the new one") { Optional = false, MaxLength = 200, Value = $"{Connection.Name} 2" };

    /// <summary>As the API is sent it.</summary>
    public string Json => JsonSerializer.Serialize(Template, Indented);

    /// <summary>Scopes, in plain words.</summary>
    public string Words(string scope) => Provider?.Definition.Oauth?.Scopes.Find(scope) is { Words.Length: > 0 } known ? Names.Shown(known.Words) : scope;

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
        if (await LoadAsync(id, Import, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if ((await files.ExportAsync(Seat.Member, Connection.Id, ct)).Failed(out _, out var file))
        {
            return NotFound();
        }

        _typed = FormAnswers.Keep([NewName], Request.Form)[0];
        var name = _typed.Value;
        if (Connection.Name.Length > 0 && AuthServer.Vault.Connections.Connection.Normalize(name) == AuthServer.Vault.Connections.Connection.Normalize(Connection.Name))
        {
            Faults.Add("name", "This is the name of the connection itself.");
            return Page();
        }

        // A copy is nobody's default, and names nobody.
        (file.Name, file.IsDefault) = (name, false);
        if ((await files.ImportAsync(HttpContext, Seat.Member, new ConnectionImport { Connections = [file] }, false, ct)).Failed(out var problem, out _))
        {
            var plain = problem.Errors is null ? problem : problem with { Errors = problem.Errors.ToDictionary(pair => pair.Key.Replace("connections[0].", "", StringComparison.Ordinal), pair => pair.Value) };
            return await RefusedAsync(plain, Import, [NewName]);
        }

        var filter = new ConnectionFilter(Connection.Provider, null, null, null, null, false, name, null);
        var made = (await Desk.Connections.ListAsync(new ActingParty(Seat.Member), filter, new Paging(ConnectionSaves.Most, 0, null, null), ct)).Value?.Data.FirstOrDefault(one => one.Name == name);
        return this.SeeOther(made is null ? $"/developer/connections?organization={Seat.Organization.OrganizationId}" : $"{ConnectionTabs.At(made.Id)}/setup");
    }
}
