using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Apis;

/// <summary>An organization's protected APIs: registered, changed, their secrets replaced, deleted. Credentials are shown this once.</summary>
public sealed class ResourceServerListModel(Seats seats, Scopes.ResourceServers servers, ResourceSecrets secrets, FormerThings former, IssuerUri issuer) : OrganizationPage(seats)
{
    private const int PerPage = 50;

    private static readonly IfMatch Whatever = new((IReadOnlyList<string>?)null);

    public IReadOnlyList<ResourceItem> Servers { get; private set; } = [];

    public long Total { get; private set; }

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public IReadOnlyList<Question> Questions { get; private set; } = [];

    /// <summary>The one that is changed, or that the question is about.</summary>
    public ResourceItem? Asked { get; private set; }

    /// <summary>Of <see cref="Asked"/>, newest first.</summary>
    public IReadOnlyList<SecretAnswer> Secrets { get; private set; } = [];

    /// <summary>What is to be done, if the person means it.</summary>
    public string? Ask => Asked is not null && HttpMethods.IsGet(Request.Method) && Request.Query["ask"].ToString() is var asked and ("delete" or "secret") ? asked : null;

    /// <summary>The secret that was made just now.</summary>
    public ShownSecret? Shown { get; private set; }

    public string? ShownWords { get; private set; }

    public string ClientId { get; private set; } = "";

    public string Command { get; private set; } = "";

    public string At => $"/developer/resource-servers?{Query}";

    /// <summary>Whether a scope was named that there is not: where one is made is told.</summary>
    public bool MissesScope { get; private set; }

    public string ScopesAt => $"/developer/scopes?{Query}";

    public string? NextAt => From + PerPage < Total ? $"{At}&from={From + PerPage}" : null;

    public string? Done => Request.Query["done"].ToString() switch
    {
        "save" => Texts.T("It is saved"),
        "delete" => Texts.T("The API is deleted: no tokens are made for it any more"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? organization, string? server, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(server, ct);
        return server is not null && Seat is { } seat && Asked is null && (await servers.GetAsync(seat.Member, server, ct)).Value is null
            ? await former.AnswerAsync(this, [seat.Organization.OrganizationId], FormerKind.ResourceServer, server, ct) : Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? server, string? version, string? overlap, string? replaces, string? file, string? text, CancellationToken ct)
    {
        var operation = act switch { "save" => "changeResource", "secret" => "rotateResourceSecret", "delete" => "deleteResource", _ => "createResource" };
        if (await SitAsync(organization, operation, Role.Admin, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(server, ct);
        if (!Seat!.IsAdmin)
        {
            return await RefusedAsync(Seat.Refusal(Role.Admin), operation, []);
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        var asked = Questions;
        var problem = act switch
        {
            "create" => await CreateAsync(ct),
            "save" when Asked is not null => await SaveAsync(version, ct),
            "secret" when Asked is not null => await RotateAsync(overlap, replaces, ct),
            "delete" when Asked is not null => (await servers.DeleteAsync(HttpContext, Seat.Member, Asked.Id, Whatever, ct)).Problem,

            // Sent twice, it is gone already.
            "delete" => null,
            _ => Problem.NotFound,
        };
        return problem == Problem.NotFound ? await former.AnswerAsync(this, [Seat.Organization.OrganizationId], FormerKind.ResourceServer, server, ct)
            : problem is not null ? await RefusedAsync(ForPeople(problem), operation, asked)
            : Faults.Any || Shown is not null ? Page()
            : this.SeeOther($"{At}&done={act}");
    }

    /// <summary>What the API tells programs to do, people do on a page.</summary>
    private Problem ForPeople(Problem problem)
    {
        MissesScope = problem.Faults?.Values.Any(said => said.Contains(ResourceFaults.NoSuchScope)) == true;
        return !MissesScope ? problem : problem with
        {
            Faults = problem.Faults!.ToDictionary(
                fault => fault.Key,
                fault => fault.Value.Select(said => said == ResourceFaults.NoSuchScope ? "There is no such scope. Make it on the page Scopes first." : said).ToArray()),
        };
    }

    private async Task<Problem?> CreateAsync(CancellationToken ct)
    {
        var said = FormAnswers.Read<NewResource>(Questions, Request.Form, Faults);
        Questions = FormAnswers.Keep(Questions, Request.Form);
        if (Faults.Any)
        {
            return null;
        }

        if ((await HttpContext.OnceAsync(once => servers.RegisterAsync(HttpContext, Seat!.Member, said, once))).Failed(out var problem, out var made))
        {
            return problem;
        }

        Show(made.ClientId ?? "", made.ClientSecret, made.DisplayName, null);
        return null;
    }

    private async Task<Problem?> SaveAsync(string? version, CancellationToken ct)
    {
        var said = FormAnswers.Read<ResourceChange>(Questions, Request.Form, Faults);

        // What stands there already was sent twice.
        var isSaved = FormAnswers.AreSame(Questions, Request.Form);
        Questions = FormAnswers.Keep(Questions, Request.Form);
        if (Faults.Any || isSaved)
        {
            return null;
        }

        return (await servers.ChangeAsync(HttpContext, Seat!.Member, Asked!.Id, said, new IfMatch([version ?? ""]), ct)).Problem;
    }

    private async Task<Problem?> RotateAsync(string? overlap, string? replaces, CancellationToken ct)
    {
        var server = Asked!;
        var said = SecretQuestion.Read(overlap, replaces);
        if ((await HttpContext.OnceAsync(once => secrets.RotateAsync(HttpContext, Seat!.Member, server.Id, said, once))).Failed(out var problem, out var rotated))
        {
            return problem;
        }

        Show(server.ClientId ?? "", rotated.ClientSecret, server.DisplayName, rotated.PreviousSecretExpiresAt is { } until
            ? Texts.T("The one before works until {0}.", Durations.Moment(until)) : Texts.T("The one before is dead."));
        return null;
    }

    private void Show(string clientId, string secret, string name, string? words)
    {
        (ClientId, ShownWords) = (clientId, words);
        Command = $"curl -s {issuer.Value}/connect/introspect -u {clientId}:{secret} -d token=ACCESS_TOKEN";
        Shown = new ShownSecret(new CodeBlock("secret", Texts.T("The secret"), secret), At, ShownSecret.FileOf(name, ".env"))
        {
            Content = $"AUTHSERVER_ISSUER={issuer.Value}\nAUTHSERVER_CLIENT_ID={clientId}\nAUTHSERVER_CLIENT_SECRET={secret}\n",
        };
    }

    private async Task ShowAsync(string? server, CancellationToken ct)
    {
        if (Seat is not { } seat)
        {
            return;
        }

        From = Math.Clamp(From, 0, 100_000);
        if ((await servers.ListAsync(seat.Member, new Paging(PerPage, From, null, null), ct)).Value is { } page)
        {
            (Servers, Total) = (page.Data, page.Meta.Total ?? 0);
        }

        Asked = seat.IsAdmin && server is not null ? (await servers.GetAsync(seat.Member, server, ct)).Value : null;
        Secrets = Asked is null ? [] : (await secrets.ListAsync(seat.Member, Asked.Id, ct)).Value?.Data ?? [];
        Questions =
        [
            .. Asked is not null ? Array.Empty<Question>() : [new Question("url", Texts.T("Its URL")) { Optional = false, MaxLength = 400, Hint = Texts.T("What clients send as resource, and the audience of its tokens. https, as browsers write it.") }],
            new("displayName", Texts.T("Name")) { Value = Asked?.DisplayName ?? "", MaxLength = 100, KeepsEmpty = true, WhenEmpty = Asked is null ? null : new Uri(Asked.Url).Authority, Hint = Texts.T("People read it when they consent. Without one: the host.") },
            new("scopes", Texts.T("Scopes that it understands"), QuestionKind.Lines) { Value = FormAnswers.Write(Asked?.Scopes ?? []), Hint = Texts.T("One on each line. Tokens for it carry no others. Without any: all.") },
            new("introspectors", Texts.T("Other clients that may introspect its tokens"), QuestionKind.Lines) { Value = FormAnswers.Write(Asked?.Introspectors ?? []), Hint = Texts.T("Client IDs of your organization, one on each line. Its own always may.") },
        ];
    }
}
