using AuthServer.Http.Api;
using AuthServer.Pages.Developer.Providers;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>The first two steps of a new connection: its provider, then its name. From then on it is a draft, and nothing is lost.</summary>
public sealed class NewConnectionModel(Seats seats, ConnectionDesk desk, ProviderCatalog catalog, ProviderAnswers answers) : OrganizationPage(seats)
{
    private const string Create = "createConnection";
    private const string TemplateField = "template";

    private IReadOnlyList<Question>? _typed;

    public string? Search { get; private set; }

    /// <summary>To choose from, in the order of their names.</summary>
    public IReadOnlyList<ProviderTile> Providers { get; private set; } = [];

    /// <summary>The one that is chosen; null: none is yet.</summary>
    public ProviderDetail? Provider { get; private set; }

    public IReadOnlyList<Question> Questions => _typed ?? Ask(Provider!);

    public async Task<IActionResult> OnGetAsync(string? organization, string? provider, string? q, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is not { } seat)
        {
            return Page();
        }

        if (!seat.IsDeveloper)
        {
            return await PageAnswers.RefuseAsync(HttpContext, seat, Create);
        }

        if (provider is not null)
        {
            return await ChooseAsync(provider, ct) ? Page() : NotFound();
        }

        Search = SearchField.Read(q);
        var filter = ProviderFilter.All with { Search = Search };
        Providers =
        [
            .. (await catalog.AllAsync(seat.Organization.OrganizationId, ct)).Where(filter.Admits).Select(answers.Item)
                .Select(item => ProviderTile.Of(item, $"/developer/connections/new?{Query}&provider={item.Id}")),
        ];
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? provider, CancellationToken ct)
    {
        if (await SitAsync(organization, Create, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (!await ChooseAsync(provider ?? "", ct))
        {
            return NotFound();
        }

        var asked = Ask(Provider!);
        var said = FormAnswers.Read<NewConnection>(asked.Where(question => question.Path != TemplateField), Request.Form, Faults);
        _typed = FormAnswers.Keep(asked, Request.Form);
        if (Faults.Any)
        {
            return Page();
        }

        (said.Provider, said.Status) = (Provider!.Id, ConnectionStatus.Draft);
        if (Request.Form.ContainsKey(TemplateField))
        {
            Begin(said, Provider.Template);
        }

        if (!(await desk.Connections.CreateAsync(HttpContext, Seat!.Member, said, ct)).Failed(out var problem, out var made))
        {
            return this.SeeOther($"{ConnectionTabs.At(made.Id)}/setup?step=app");
        }

        // The same form, sent twice: it has made its draft.
        return problem.Code == "name_taken" && await desk.DraftAsync(Seat, Provider.Id, said.Name, ct) is { } draft
            ? this.SeeOther($"{ConnectionTabs.At(draft)}/setup?step=app")
            : await RefusedAsync(problem.Code == "name_taken" ? Problem.Invalid("name", problem.Said) : problem, Create, asked);
    }

    private static void Begin(NewConnection said, TemplateItem template)
    {
        if (said.AuthType != AuthType.ApiKey && template.Scopes is { Count: > 0 } scopes)
        {
            said.Scopes = System.Text.Json.JsonSerializer.SerializeToElement(scopes, ApiJson.Options);
        }

        said.Settings = new SettingsChange();
        if (template.Settings.AutoRefresh is { } refresh)
        {
            said.Settings.AutoRefresh = refresh;
        }

        if (template.Settings.RateLimit is { } limit)
        {
            said.Settings.RateLimit = limit;
        }

        if (template.Settings.Timeout is { } timeout)
        {
            said.Settings.Timeout = timeout;
        }
    }

    private async Task<bool> ChooseAsync(string provider, CancellationToken ct)
    {
        if (Seat is null || await catalog.ListedAsync(Seat.Organization.OrganizationId, provider, ct) is not { } listed)
        {
            return false;
        }

        Provider = answers.Detail(listed);
        return true;
    }

    private static IReadOnlyList<Question> Ask(ProviderDetail provider) =>
    [
        .. provider.AuthTypes.Count > 1
            ? new Question[]
            {
                new("auth_type", T("How it is connected"), QuestionKind.Radio)
                {
                    Value = ConnectionWords.Snake(provider.AuthTypes[0]),
                    Options = [.. provider.AuthTypes.Select(type => new PossibleAnswer(ConnectionWords.Snake(type), ProviderPages.Words(type), type == AuthType.Oauth2
                        ? T("People connect their accounts, and agree to what is asked for.") : T("One key, for everybody who uses the connection.")))],
                },
            }
            : [],
        new("name", T("Name")) { Value = provider.Name, Optional = false, MaxLength = 200, Hint = T("Agents and people tell your connections by it.") },
        new("description", T("What it is for"), QuestionKind.Text),
        new("environment", T("Environment")) { MaxLength = 50, Hint = T("A word of yours, such as production or staging.") },
        new(TemplateField, T("Begin with its template: the usual scopes and settings"), QuestionKind.Tick) { Value = "yes" },
    ];
}
