using AuthServer.Agents;
using AuthServer.Http.Api;
using AuthServer.Pages.Developer.Applications;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.Agents;

/// <summary>Makes an agent. Its secret is shown this once, with the command that gets its first token.</summary>
public sealed class NewAgentPageModel(Seats seats, NewAgents agents, AgentDesk desk) : OrganizationPage(seats)
{
    private const string Create = "createAgent";
    private const int MostParents = 200;

    public KnownScopes Known { get; private set; } = null!;

    public IReadOnlyList<Question> Basics { get; private set; } = [];

    public IReadOnlyList<Question> Scopes { get; private set; } = [];

    public IReadOnlyList<Question> More { get; private set; } = [];

    /// <summary>The one that was made just now.</summary>
    public RegisteredAgent? Made { get; private set; }

    public string Address => $"/developer/agents/new?{Query}";

    public string Command => Made is { ClientSecret: { } secret } made ? desk.TokenBySecret(made.ClientId, secret) : "";

    public ShownSecret Secret => new(new CodeBlock("secret", Texts.T("The secret"), Made!.ClientSecret!), Address, ShownSecret.FileOf(Made.Name, ".env"))
    {
        Content = desk.Environment(Made.ClientId, Made.ClientSecret!),
    };

    /// <summary>Whether a fault is among what is not open at first.</summary>
    public bool IsMoreOpen => More.Any(question => Faults[question.Path] is not null);

    public async Task<IActionResult> OnGetAsync(string? organization, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is { IsDeveloper: false })
        {
            return await PageAnswers.RefuseAsync(HttpContext, Seat, Create);
        }

        await AskAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? organization, string? act, string? file, string? text, CancellationToken ct)
    {
        if (await SitAsync(organization, Create, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (act == "download")
        {
            return this.Download(file, text);
        }

        await AskAsync(ct);
        if (act == "check")
        {
            AddressFaults.FindOfAgent(More, Request.Form, Faults);
            More = FormAnswers.Keep(More, Request.Form);
            return Page();
        }

        Question[] asked = [.. Basics, .. Scopes, .. More];
        var said = FormAnswers.Read<NewAgent>(asked, Request.Form, Faults);
        (Basics, Scopes, More) = (FormAnswers.Keep(Basics, Request.Form), FormAnswers.Keep(Scopes, Request.Form), FormAnswers.Keep(More, Request.Form));
        if (Faults.Any)
        {
            return Page();
        }

        if ((await HttpContext.OnceAsync(once => agents.RegisterAsync(HttpContext, new ActingParty(Seat!.Member), said, once))).Failed(out var problem, out var made))
        {
            return await RefusedAsync(problem, Create, asked);
        }

        Made = made;
        return Page();
    }

    private async Task AskAsync(CancellationToken ct)
    {
        if (Seat is not { } seat)
        {
            return;
        }

        Known = await desk.Scopes.KnownAsync(seat.Organization.OrganizationId, ct);
        var active = (await desk.Agents.ListAsync(new ActingParty(seat.Member), new AgentFilter(AgentStatus.Active, null, null, null), new Paging(MostParents, 0, null, null), ct)).Value?.Data ?? [];
        (Basics, Scopes, More) = (
            AgentQuestions.Basics(null), AgentQuestions.Scopes(Known, AgentQuestions.First),
            [.. AgentQuestions.Addresses(null), .. AgentQuestions.Place(active), .. AgentQuestions.Metadata(null)]);
    }
}
