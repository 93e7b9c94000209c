using System.Text.Json;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Providers;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.ProviderKeys;

/// <summary>An organization's keys of providers: set, checked, deleted, and never shown.</summary>
public sealed class ProviderKeyListModel(Seats seats, Vault.Connections.ProviderKeys keys, NamesInOrganization names) : OrganizationPage(seats)
{
    private const string Update = "updateProviderCredentials";
    private const string Checking = "checkProviderCredentials";

    /// <summary>In the order of their names, those that are set first.</summary>
    public IReadOnlyList<KeptKeys> All { get; private set; } = [];

    /// <summary>What the provider thinks of a key.</summary>
    public ProviderKeyVerdict? Verdict { get; private set; }

    public string? Search => SearchField.Read(Request.Query["q"]);

    /// <summary>What is searched for, to choose from.</summary>
    public IReadOnlyList<ProviderTile> Tiles =>
    [
        .. All.Where(one => Search is null || one.Name.Contains(Search, StringComparison.CurrentCultureIgnoreCase))
            .Select(one => new ProviderTile(one.Name, AtProvider(one.Id), one.Category, State: one.AnySet ? Badge.Good(Texts.T("Set")) : null)),
    ];

    /// <summary>The provider whose key this is about; null: one is to be chosen.</summary>
    public KeptKeys? Chosen { get; private set; }

    /// <summary>When its key was deleted, and by whom, where that is known; null: it is set, or never was.</summary>
    public (DateTimeOffset At, string? By)? Deleted { get; private set; }

    /// <summary>The provider whose keys are to be deleted, if the person means it.</summary>
    public KeptKeys? Ask => Seat is { IsAdmin: true } && HttpMethods.IsGet(Request.Method) && Request.Query["ask"] == "delete"
        && Chosen is { AnySet: true } ? Chosen : null;

    public string AtProvider(string id) => $"{At}&provider={id}";

    public string At => $"/developer/provider-keys?{Query}";

    public string? Done => Request.Query["done"].ToString() switch
    {
        "save" => Texts.T("The key is set"),
        "delete" => Texts.T("The key is deleted"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? organization, string? provider, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(ct);
        if (!Choose(provider))
        {
            return string.IsNullOrEmpty(provider) ? Page() : NotFound();
        }

        if (Seat is { } seat && Chosen is { AnySet: false } && await keys.FindEndAsync(seat.Member, Chosen.Id, ct) is { } end)
        {
            var known = await names.OfMembersAsync(seat.Organization.OrganizationId, [end.ChangedBy], ct);
            Deleted = (end.ChangedAt, known.Values.FirstOrDefault());
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? provider, CancellationToken ct)
    {
        var operation = act == "check" ? Checking : Update;
        if (await SitAsync(organization, operation, act == "check" ? Role.Developer : Role.Admin, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(ct);
        if (act is not ("check" or "save" or "delete") || !Choose(provider))
        {
            return NotFound();
        }

        var chosen = Chosen!;
        if (act == "check")
        {
            var answer = await keys.CheckAsync(HttpContext, Seat!.Member, new ProviderKeyCheck { Name = chosen.Fields[0].Name.Name }, ct);
            Verdict = answer.Value;
            return answer.Problem is { } refused ? await RefusedAsync(refused, operation, []) : Page();
        }

        if (!Seat!.IsAdmin)
        {
            return await RefusedAsync(Seat.Refusal(Role.Admin), operation, []);
        }

        // What is left empty stays as it is.
        var said = chosen.Fields.Select(field => (field.Name.Name, Typed: act == "delete" ? null : Request.Form[field.Name.Name].ToString().Trim())).Where(one => one.Typed != "").ToList();
        if (said.Count == 0)
        {
            Faults.Add(chosen.Fields[0].Name.Name, Texts.T("Type the key."));
            return Page();
        }

        var change = new ProviderKeyChange { Keys = said.ToDictionary(one => one.Name, one => JsonSerializer.SerializeToElement(one.Typed), StringComparer.Ordinal) };
        var problem = (await keys.ChangeAsync(HttpContext, Seat.Member, change, ct)).Problem;
        return problem is null ? this.SeeOther($"{(act == "delete" ? At : AtProvider(chosen.Id))}&done={act}") : await RefusedAsync(problem, operation, chosen.Fields.Select(field => new Question(field.Name.Name, field.Label)));
    }

    private bool Choose(string? provider) => (Chosen = All.FirstOrDefault(one => one.Id == provider)) is not null;

    private async Task ShowAsync(CancellationToken ct)
    {
        var summary = Seat is { } seat ? (await keys.ReadAsync(seat.Member, ct)).Value : null;
        All = [.. ProviderKeyName.All.GroupBy(name => name.Provider).Select(group => new KeptKeys(
                group.Key, ShippedProviders.Find(group.Key)?.Name ?? group.Key, ProviderPages.Words(ShippedProviders.Find(group.Key)?.Category ?? "other"), [.. group.Select(name => KeptField.Of(name, summary))]))
            .OrderByDescending(one => one.AnySet).ThenBy(one => one.Name, StringComparer.OrdinalIgnoreCase)];
    }
}

/// <summary>What is kept of one provider.</summary>
public sealed record KeptKeys(string Id, string Name, string Category, IReadOnlyList<KeptField> Fields)
{
    public bool AnySet => Fields.Any(part => part.IsSet);
}

/// <summary>One of its parts.</summary>
/// <param name="Last4">Null: it is not set, or too short to say any.</param>
public sealed record KeptField(ProviderKeyName Name, string Label, bool IsSet, string? Last4)
{
    internal static KeptField Of(ProviderKeyName name, ProviderKeySummary? summary) => new(
        name,
        ShippedProviders.Find(name.Provider)?.ApiKey?.Field(name.Field) is { Label.Length: > 0 } known ? Texts.T(known.Label) : Members.OfPath(name.Field),
        summary?.Keys.GetValueOrDefault(name.HasName) is { ValueKind: JsonValueKind.True },
        summary?.Keys.GetValueOrDefault(name.Last4Name) is { ValueKind: JsonValueKind.String } last ? last.GetString() : null);
}
