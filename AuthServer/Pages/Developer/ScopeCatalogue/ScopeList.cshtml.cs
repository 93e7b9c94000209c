using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer.Agents;
using AuthServer.Pages.Developer.Former;
using AuthServer.Pages.Forms;
using AuthServer.Policies.Engine;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.ScopeCatalogue;

/// <summary>Every scope that an organization knows, with its risk and who may ask for it; its own are made, changed and deleted here.</summary>
public sealed class ScopeListModel(Seats seats, ScopeCatalog catalog, OrganizationScopes own, ScopeUses uses, FormerThings former) : OrganizationPage(seats)
{
    private const string Create = "createScope";
    private const int MostOfCategory = 100;

    private static readonly IfMatch Whatever = new((IReadOnlyList<string>?)null);

    // Whether there is a scope of the name that was asked for.
    private bool _isKnown;

    /// <summary>By category, the organization's own first; a part of those that have many, and where the next part is.</summary>
    public IReadOnlyList<(string Title, int Count, IReadOnlyList<ScopeLine> Scopes, string? NextAt)> Categories { get; private set; } = [];

    public IReadOnlyDictionary<string, int> Uses { get; private set; } = new Dictionary<string, int>();

    public IReadOnlyList<Question> Questions { get; private set; } = [];

    /// <summary>The organization's own scope that is changed; null: none.</summary>
    public ScopeLine? Asked { get; private set; }

    /// <summary>The version of it that is shown.</summary>
    public string? Version { get; private set; }

    public bool IsDeleting => Asked is not null && HttpMethods.IsGet(Request.Method) && Request.Query["ask"] == "delete";

    /// <summary>The one category that is shown; null: all.</summary>
    [BindProperty(SupportsGet = true, Name = "part")]
    public string? Category { get; set; }

    [BindProperty(SupportsGet = true, Name = "from")]
    public int From { get; set; }

    public string At => $"/developer/scopes?{Query}";

    public string? Done => Request.Query["done"].ToString() switch
    {
        "create" => Texts.T("The scope is made"),
        "save" => Texts.T("The scope is changed"),
        "delete" => Texts.T("The scope is deleted"),
        _ => null,
    };

    public async Task<IActionResult> OnGetAsync(string? organization, string? name, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(name, ct);
        return name is not null && Seat is not null && Asked is null && !_isKnown
            ? await former.AnswerAsync(this, [Seat.Organization.OrganizationId], FormerKind.Scope, name, ct) : Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? scope, string? version, CancellationToken ct)
    {
        var operation = act switch { "save" => "changeScope", "delete" => "deleteScope", _ => Create };
        if (await SitAsync(organization, operation, Role.Admin, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        await ShowAsync(scope, ct);
        if (!Seat!.IsAdmin)
        {
            return await RefusedAsync(Seat.Refusal(Role.Admin), operation, []);
        }

        Problem? problem;
        if (act == "delete")
        {
            // Sent twice, it is gone already.
            problem = (await own.DeleteAsync(HttpContext, Seat.Member, scope ?? "", Whatever, ct)).Problem;
            problem = problem == Problem.NotFound ? null : problem;
        }
        else if (act == "save" && Asked is not null)
        {
            var said = FormAnswers.Read<ScopeChange>(Questions, Request.Form, Faults);

            // What stands there already was sent twice.
            problem = Faults.Any || FormAnswers.AreSame(Questions, Request.Form) ? null : (await own.ChangeAsync(HttpContext, Seat.Member, Asked.Name, said, new IfMatch([version ?? ""]), ct)).Problem;
        }
        else if (act == "create")
        {
            var said = FormAnswers.Read<NewScope>(Questions, Request.Form, Faults);
            problem = Faults.Any ? null : (await HttpContext.OnceAsync(once => own.CreateAsync(HttpContext, Seat.Member, said, once))).Problem;
        }
        else
        {
            return await former.AnswerAsync(this, [Seat.Organization.OrganizationId], FormerKind.Scope, scope, ct);
        }

        var asked = Questions;
        Questions = FormAnswers.Keep(Questions, Request.Form);
        return Faults.Any ? Page() : problem is null ? this.SeeOther($"{At}&done={act}") : await RefusedAsync(problem, operation, asked);
    }

    private async Task ShowAsync(string? name, CancellationToken ct)
    {
        if (Seat is not { } seat)
        {
            return;
        }

        var known = await catalog.KnownAsync(seat.Organization.OrganizationId, ct);
        var found = name is null ? null : known.Find(name);
        _isKnown = found is not null;
        Asked = seat.IsAdmin && found is { Origin: ScopeOrigin.Organization } ? found : null;
        Version = Asked is null ? null : (await own.GetAsync(seat.Member, Asked.Name, ct)).Value?.Version;
        Categories = [.. known.All.GroupBy(line => line.Category).OrderByDescending(group => group.Any(line => line.Origin == ScopeOrigin.Organization))
            .Select(group => PartOf(group.Key, [.. group])).Where(part => Category is null || part.Scopes.Count > 0)];
        Uses = await uses.CountAsync(seat.Member, known.Names, ct);
        Questions = Ask(Asked);
    }

    /// <summary>Of the one category that is shown, the part that is asked for; of all, their first.</summary>
    private (string Title, int Count, IReadOnlyList<ScopeLine> Scopes, string? NextAt) PartOf(string category, IReadOnlyList<ScopeLine> lines)
    {
        var from = Category is null ? 0 : Category == category ? Math.Clamp(From, 0, lines.Count) : lines.Count;
        return (ScopeWords.Category(category), lines.Count, [.. lines.Skip(from).Take(MostOfCategory)],
            from + MostOfCategory < lines.Count ? $"{At}&part={Uri.EscapeDataString(category)}&from={from + MostOfCategory}" : null);
    }

    /// <param name="line">The one that is changed; null: a new one.</param>
    private static IReadOnlyList<Question> Ask(ScopeLine? line) =>
    [
        .. line is not null ? Array.Empty<Question>() : [new Question("name", Texts.T("Name")) { Optional = false, MaxLength = 100, Hint = Texts.T("As programs write it, such as robots:move.") }],
        new("title", Texts.T("What it lets somebody do")) { Value = line?.Title ?? "", MaxLength = 100, KeepsEmpty = true, WhenEmpty = line?.Name, Hint = Texts.T("People read it when they consent, such as: Move the robots.") },
        new("description", Texts.T("What that can lead to")) { Value = line?.Description ?? "", Optional = false, MaxLength = 300, Hint = Texts.T("One sentence, for people.") },
        new("category", Texts.T("Category")) { Value = line?.Category ?? "", MaxLength = 40, KeepsEmpty = true, WhenEmpty = line is null ? null : OrganizationScopes.DefaultCategory, Hint = Texts.T("One word in lower case. Without one: custom.") },
        new("riskLevel", Texts.T("How much harm can a wrong use do?"), QuestionKind.Choice)
        {
            Value = AgentQuestions.Word(line?.Risk ?? RiskLevel.High),
            Options = [new("low", Texts.T("Low: hardly any")), new("standard", Texts.T("Some: it can be made good")), new("high", Texts.T("High: hard to make good")), new("critical", Texts.T("Critical: it asks for a new sign-in"))],
        },
    ];
}
