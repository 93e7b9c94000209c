using AuthServer.Http.Api;
using AuthServer.Pages.Forms;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Connections;

/// <summary>The accounts that are connected by a connection: how they are, links to connect them, and disconnecting them.</summary>
public sealed class ConnectionAccountsModel(ConnectionDesk desk, ConnectedAccounts accounts, AccountLinks links) : ConnectionPage(desk)
{
    private const int PerPage = 25;
    private const string Create = "createConnectedAccount";
    private const string MakeLink = "getAuthUrl";
    private const string Delete = "deleteConnectedAccount";

    private IReadOnlyList<Question>? _typed;
    private int _from;
    private long _total;

    public IReadOnlyList<ConnectedAccountItem> Accounts { get; private set; } = [];

    public AccountStatus? Status { get; private set; }

    /// <summary>The one that a question or a new link is about.</summary>
    public ConnectedAccountItem? Chosen { get; private set; }

    /// <summary>A link that was made just now. It is shown once.</summary>
    public AccountLinkItem? Link { get; private set; }

    public IReadOnlyList<Question> Questions => _typed ?? Ask();

    public string? NextAt => _from + PerPage < _total ? $"{Address}/accounts?from={_from + PerPage}{(Status is { } status ? $"&status={ConnectionWords.Snake(status)}" : "")}" : null;

    /// <summary>What became of the grant of an account that was disconnected just now.</summary>
    public string? Disconnected => Enum.GetValues<GrantEnd>().Where(end => ConnectionWords.Snake(end) == Request.Query["disconnected"]).Select(GrantRevocations.WordsOf).FirstOrDefault();

    public bool Asks => Chosen is not null && Link is null && HttpMethods.IsGet(Request.Method);

    /// <summary>Scopes, in plain words.</summary>
    public string Words(IEnumerable<string> scopes) => string.Join("; ", scopes.Select(scope =>
        Provider?.Definition.Oauth?.Scopes.Find(scope) is { Words.Length: > 0 } known ? Names.Shown(T(known.Words)) : Provider?.Definition.Oauth?.Scopes.Shortened(scope) ?? scope));

    public async Task<IActionResult> OnGetAsync(string? id, string? status, int from, string? ask, string? account, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Connection.AuthType != AuthType.Oauth2 || (ask == "disconnect" && !await ChooseAsync(account, ct)))
        {
            return NotFound();
        }

        Status = Enum.GetValues<AccountStatus>().Where(known => ConnectionWords.Snake(known) == status).Select(known => (AccountStatus?)known).FirstOrDefault();
        _from = Math.Max(0, from);
        await ListAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? id, string? act, string? account, CancellationToken ct)
    {
        var operation = act switch { "new" => Create, "disconnect" => Delete, _ => MakeLink };
        if (await LoadAsync(id, operation, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Connection.AuthType != AuthType.Oauth2)
        {
            return NotFound();
        }

        var answer = act switch
        {
            "new" => await ConnectAsync(ct),
            "link" => await ChooseAsync(account, ct) ? await LinkAsync(new NewAccountLink(), ct) : NotFound(),
            "disconnect" => await DisconnectAsync(account, ct),
            _ => NotFound(),
        };
        await ListAsync(ct);
        return answer;
    }

    private async Task<IActionResult> ConnectAsync(CancellationToken ct)
    {
        var asked = Ask();
        _typed = FormAnswers.Keep(asked, Request.Form);
        var link = FormAnswers.Read<NewAccountLink>(asked.Where(question => question.Path == "redirect_uri"), Request.Form, Faults);
        var said = FormAnswers.Read<NewConnectedAccount>(asked.Where(question => question.Path != "redirect_uri"), Request.Form, Faults);
        if (Faults.Any)
        {
            return Page();
        }

        said.ConnectionId = Connection.Id;
        if ((await HttpContext.OnceAsync(once => accounts.CreateAsync(HttpContext, Seat.Member, said, once))).Failed(out var problem, out var made))
        {
            return await RefusedAsync(problem, Create, asked);
        }

        Chosen = made;
        return await LinkAsync(link, ct);
    }

    private async Task<IActionResult> LinkAsync(NewAccountLink asked, CancellationToken ct)
    {
        if ((await links.CreateAsync(HttpContext, Seat.Member, Chosen!.Id, asked, ct)).Failed(out var problem, out var link))
        {
            return await RefusedAsync(problem, MakeLink, Questions);
        }

        Link = link;
        return Page();
    }

    private async Task<IActionResult> DisconnectAsync(string? account, CancellationToken ct)
    {
        // Sent twice, it is gone already.
        if (!await ChooseAsync(account, ct))
        {
            return this.SeeOther($"{Address}/accounts");
        }

        return (await accounts.DeleteAsync(HttpContext, Seat.Member, Chosen!.Id, ct)).Failed(out var problem, out var deleted)
            ? await RefusedAsync(problem, Delete)
            : this.SeeOther($"{Address}/accounts?disconnected={ConnectionWords.Snake(deleted.ProviderGrant)}");
    }

    private async Task<bool> ChooseAsync(string? id, CancellationToken ct)
    {
        if (await accounts.ReadAsync(Seat.Member, id ?? "", ct) is not var (account, connection) || connection.Id != Connection.Id)
        {
            return false;
        }

        Chosen = ConnectedAccountItem.Of(account, connection.ProviderId, Provider?.Definition);
        return true;
    }

    private async Task ListAsync(CancellationToken ct)
    {
        var found = (await accounts.ListAsync(Seat.Member, new AccountFilter { ConnectionId = Connection.Id, Status = Status }, new Paging(PerPage, _from, null, null), ct)).Value;
        (Accounts, _total) = (found?.Data ?? [], found?.Meta.Total ?? 0);
    }

    private Question[] Ask() =>
    [
        new("identifier", T("Your name for its owner")) { Optional = false, MaxLength = ConnectedAccounts.LongestIdentifier, Hint = T("As your own application calls them: an id, or an e-mail address.") },
        new("identifier_type", T("Whose it is"), QuestionKind.Choice)
        {
            Value = ConnectedAccounts.UserType,
            Options = [new(ConnectedAccounts.UserType, T("One person's")), new(ConnectedAccounts.OrganizationType, T("An organization's: it serves all its members"))],
        },
        .. Connection.Settings?.ReturnUrls is { Count: > 1 } urls
            ? new[] { new Question("redirect_uri", T("Where they go afterwards"), QuestionKind.Choice) { Value = urls[0], Options = [.. urls.Select(url => new PossibleAnswer(url, url))] } }
            : [],
    ];
}
