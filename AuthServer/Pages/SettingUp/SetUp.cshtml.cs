using System.Net.Mime;
using AuthServer.Accounts;
using AuthServer.Agents;
using AuthServer.Endpoints.Rest;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Pages.Developer;
using AuthServer.Pages.Developer.Agents;
using AuthServer.Pages.Forms;
using AuthServer.Pages.Portal;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using AuthServer.SetUp;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.SettingUp;

/// <summary>From the printed link to the first token. What is done is read from what is there: it can be left at any step and taken up by any administrator.</summary>
public sealed class SetUpModel(
    SignedInReader signedIn, Administrators administrators, InstallationSetUp setUp, FirstAdministrator first, SetUpAgents agents,
    Organizations.Organizations organizations, Seats seats, AgentDesk desk, IssuerUri issuer) : PageModel
{
    private const string At = "/setup";

    private SignedInPerson _person = null!;

    [BindProperty]
    public string? Email { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Password { get; set; }

    /// <summary>WebAuthn's answer, as JSON; empty where no script ran.</summary>
    [BindProperty]
    public string? Credential { get; set; }

    [BindProperty]
    public List<string> Scopes { get; set; } = [];

    public string Issuer => issuer.Value;

    /// <summary>What a browser's address bar says of it.</summary>
    public string IssuerOrigin => new Uri(issuer.Value).GetLeftPart(UriPartial.Authority);

    public ReachedAddress Reached => ReachedAddress.Of(HttpContext) ?? new(Request.Scheme, Request.Host.Value ?? "", false);

    public bool IsReached => Reached.IsHostOf(issuer);

    /// <summary>What the link is good for; null: an administrator is here.</summary>
    public SetUpLink? Link { get; private set; }

    /// <summary>This page, by the same link.</summary>
    public string LinkAt => Request.Query["invitation"].ToString() is { Length: > 0 } token ? $"{At}?invitation={Uri.EscapeDataString(token)}" : At;

    public PersonClaims? Person { get; private set; }

    public SetUpFacts Facts { get; private set; } = null!;

    /// <summary>The step that is in front of the reader; null: nothing is left.</summary>
    public SetUpStep? Step { get; private set; }

    /// <summary>The organization that the first agent is made in; null: the reader may make agents in none.</summary>
    public Seat? Seat { get; private set; }

    /// <summary>The agents that could have a token.</summary>
    public IReadOnlyList<AgentAnswer> Agents { get; private set; } = [];

    public IReadOnlyList<ScopeLine> Choices { get; private set; } = [];

    /// <summary>The first of each kind, which most begin with.</summary>
    public IReadOnlyList<ScopeLine> Common => [.. Choices.DistinctBy(line => line.Category).Take(10)];

    /// <summary>The first token, shown this once.</summary>
    public ShownToken? Token { get; private set; }

    /// <summary>The command that gets it, with the secret in a file; null: the secret is not known here.</summary>
    public ShownSecret? Shown => Token is not { Secret: { } secret } ? null
        : new ShownSecret(new CodeBlock("got-by", T("Command that gets a token"), Token.GotBy), At + "?handler=File", ShownSecret.FileOf(Token.AgentName, ".env")) { Content = desk.Environment(Token.ClientId, secret) };

    public FormFaults Faults { get; } = new();

    public TimeSpan? Wait { get; private set; }

    public bool IsDone(SetUpStep step) => step == SetUpStep.Issuer ? IsReached : !Facts.Left.Contains(step);

    public async Task<IActionResult> OnGetAsync(string? invitation, string? step, CancellationToken ct) =>
        await LoadAsync(invitation, step, ct) ?? Page();

    public async Task<IActionResult> OnPostOptionsAsync(string? invitation, CancellationToken ct) =>
        await first.AskPasskeyAsync(HttpContext, new RegistrationRequest(Email, Name, null, invitation), ct) is { } options
            ? Content(options.Json, MediaTypeNames.Application.Json)
            : BadRequest();

    /// <param name="by">How the new account is signed in to: <c>password</c> or <c>passkey</c>.</param>
    public async Task<IActionResult> OnPostAccountAsync(string? invitation, string? by, CancellationToken ct)
    {
        if (await LoadAsync(invitation, null, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Link is null)
        {
            return this.SeeOther(At);
        }

        var request = new RegistrationRequest(Email, Name, Password, invitation);
        var credential = by == "password" ? null : Credential ?? "";
        switch (await first.RegisterAsync(HttpContext, request, credential, ct))
        {
            case RegistrationOutcome.Registered:
                return this.SeeOther(At);
            case RegistrationOutcome.Wait wait:
                Wait = wait.For;
                return this.TooMany(wait.For);
            case RegistrationOutcome.Invalid invalid:
                Tell(by == "password" ? invalid.Faults : WithoutPasskey(request, invalid.Faults));
                return Page();
            default:
                // The other tab, or somebody else, was first.
                Link = await first.AskAsync(invitation, ct) with { Invitation = null };
                return Page();
        }
    }

    public Task<IActionResult> OnPostMailAsync(CancellationToken ct) => DoAsync(
        SetUpStep.Mail, async () => (await setUp.TestMailAsync(HttpContext, _person.Subject, ct)).Problem, "?step=mail", ct);

    public Task<IActionResult> OnPostOrganizationAsync(CancellationToken ct) => DoAsync(
        SetUpStep.Organization,
        async () => Facts.HasOrganization && Seat is not null
            ? null // pressed twice: one is enough
            : (await organizations.CreateAsync(HttpContext, Http.Api.Person.Of(_person), new NewOrganization { Name = Name }, ct)).Problem,
        "",
        ct);

    public Task<IActionResult> OnPostAgentAsync(CancellationToken ct) => ShowAsync(
        once => agents.RegisterAsync(HttpContext, Seat!.Member, new NewAgent { Name = Name ?? "", AllowedScopes = [.. Scopes] }, once), ct);

    public Task<IActionResult> OnPostTokenAsync(string? agent, CancellationToken ct) => ShowAsync(once => agents.AskAsync(HttpContext, Seat!.Member, agent ?? "", once), ct);

    /// <summary>What was shown with the first token, as a file.</summary>
    public async Task<IActionResult> OnPostFileAsync(string? file, string? text, CancellationToken ct) =>
        await signedIn.ReadAsync(HttpContext, ct) is { Person.Subject: var userId } && await administrators.IncludeAsync(userId, ct) ? this.Download(file, text) : NotFound();

    public Task<IActionResult> OnPostDismissAsync(CancellationToken ct) => DoAsync(
        null,
        async () =>
        {
            await setUp.DismissAsync(HttpContext, _person.Subject, ct);
            return null;
        },
        null,
        ct);

    /// <summary>Without scripts, or with something to be typed differently, no passkey comes: what is wrong with the rest is told first.</summary>
    private static IReadOnlyDictionary<string, string> WithoutPasskey(RegistrationRequest request, IReadOnlyDictionary<string, string> faults) =>
        Registration.FaultsBeforePasskey(request) is { Count: > 0 } typed ? typed : faults;

    private async Task<IActionResult> ShowAsync(Func<CancellationToken, Task<Answer<ShownToken>>> make, CancellationToken ct)
    {
        var elsewhere = await LoadAsync(null, "agent", ct);
        if (elsewhere is not null && Facts is not { IsOver: true })
        {
            return elsewhere;
        }

        // With the first token it is over. Whoever pressed twice is shown that token, and not that nothing is left.
        var answer = await HttpContext.OnceAsync(once => elsewhere is not null || Seat is null ? Task.FromResult<Answer<ShownToken>>(Problem.NotFound) : make(once));
        if (answer.Failed(out var problem, out var token))
        {
            return elsewhere ?? (Seat is null ? this.SeeOther(At) : Refuse(SetUpStep.Agent, problem));
        }

        (Token, Step, Response.StatusCode) = (token, null, StatusCodes.Status200OK);
        return Page();
    }

    /// <param name="next">Null: to the first page.</param>
    private async Task<IActionResult> DoAsync(SetUpStep? step, Func<Task<Problem?>> act, string? next, CancellationToken ct)
    {
        if (await LoadAsync(null, step?.ToString(), ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Link is not null)
        {
            return NotFound();
        }

        return await act() is { } problem ? Refuse(step, problem) : this.SeeOther(next is null ? "/" : At + next);
    }

    private PageResult Refuse(SetUpStep? step, Problem problem)
    {
        Step = step;
        Tell(problem.Faults?.Select(fault => new KeyValuePair<string, string>(fault.Key.StartsWith("name", StringComparison.OrdinalIgnoreCase) ? nameof(Name) : nameof(Scopes), T(fault.Value[0])))
            ?? [new("", T(problem.Said))]);
        return Page();
    }

    private void Tell(IEnumerable<KeyValuePair<string, string>> faults)
    {
        foreach (var (field, message) in faults)
        {
            Faults.Add(field, message);
        }
    }

    /// <returns>Where else to go; null: here.</returns>
    private async Task<IActionResult?> LoadAsync(string? invitation, string? step, CancellationToken ct)
    {
        if (await signedIn.ReadAsync(HttpContext, ct) is not { } reader)
        {
            Link = await first.AskAsync(invitation, ct);

            // Without a link it is a page for whoever administers, once there is somebody.
            return invitation is null && !Link.IsOpen ? this.SeeOther("/sign-in?again=setup") : null;
        }

        (_person, Person) = (reader.Person, reader.Claims);
        if (!await administrators.IncludeAsync(_person.Subject, ct))
        {
            // While nobody administers it is the link that counts, whoever is signed in. After that, whoever comes without one learns nothing of what is here.
            Link = await first.AskAsync(invitation, ct);
            return invitation is null && !Link.IsOpen ? NotFound() : null;
        }

        Facts = await setUp.ReadAsync(ct);
        if (Facts.IsOver)
        {
            Response.StatusCode = StatusCodes.Status410Gone;
            return Page();
        }

        Seat = (await seats.ReadAsync(HttpContext, ct))?.FirstOrDefault(seat => seat.IsDeveloper);
        Step = Enum.TryParse<SetUpStep>(step, ignoreCase: true, out var named) && Enum.IsDefined(named) ? named
            : !IsReached ? SetUpStep.Issuer
            : Facts.Left[0];
        if (Step == SetUpStep.Agent && Seat is not null)
        {
            (Choices, Agents) = (await agents.ChoicesAsync(Seat.Member, ct), await agents.ListAsync(Seat.Member, ct));
        }

        return null;
    }
}
