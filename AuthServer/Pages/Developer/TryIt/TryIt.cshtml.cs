using AuthServer.Accounts;
using AuthServer.Applications;
using AuthServer.Endpoints;
using AuthServer.Http;
using AuthServer.Pages.Forms;
using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Mvc;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.TryIt;

/// <summary>Each flow of OAuth against this very server, step by step.</summary>
public sealed class TryItModel(Seats seats, OwnCalls own, IssuerUri issuer, CodeWalk walk, SignInSessions sessions, NamesInOrganization names, ApplicationDirectory clients) : TryPage(seats, own, issuer)
{
    internal static IReadOnlyList<TriedFlow> Flows => TriedFlow.All;

    /// <summary>Where the browser goes next, and what each part of the address means; null: nowhere.</summary>
    public string? AuthorizeAt { get; private set; }

    internal IReadOnlyList<Explained> AuthorizeParts { get; private set; } = [];

    public string RedirectUri => walk.RedirectUri;

    public async Task<IActionResult> OnGetAsync(string? organization, string? flow, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Choose(flow);
        Asked = await QuestionsAsync(ct);
        return Page();
    }

    /// <param name="act">fill: what an answer gave is put into the form, and nothing is sent.</param>
    public async Task<IActionResult> OnPostAsync(string? organization, string? flow, string? act, CancellationToken ct)
    {
        if (await SitAsync(organization, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        if (Seat is null)
        {
            return NotFound();
        }

        Choose(flow);
        var form = await Request.ReadFormAsync(ct);
        var questions = await QuestionsAsync(ct);
        Asked = FormAnswers.Keep(questions, form);
        if (act == "fill")
        {
            return Page();
        }

        var typed = questions.ToDictionary(question => question.Path, question => Typed(form, question), StringComparer.Ordinal);
        if (Faults.Any)
        {
            return Page();
        }

        if (Flow.Name == TriedFlow.Code)
        {
            return await BeginAsync(typed[TriedFlow.ClientId], typed["scope"], ct);
        }

        KeyValuePair<string, string>[] sent = [.. Flow.Asked.Select(question => new KeyValuePair<string, string>(question.Path, typed[question.Path])).Where(field => field.Value.Length > 0)];
        if (sent.Any(field => field.Key == "actor_token"))
        {
            sent = [.. sent, new("actor_token_type", "urn:ietf:params:oauth:token-type:access_token")];
        }

        await SendAsync(sent, typed[TriedFlow.ClientId], typed);
        return Page();
    }

    private async Task<IActionResult> BeginAsync(string clientId, string scope, CancellationToken ct)
    {
        if (await IsUnregisteredAsync(clientId, ct))
        {
            Faults.Add(TriedFlow.ClientId, T("This client has not registered the redirect URI {0}: add it there first, as you add those of your program.", walk.RedirectUri));
            return Page();
        }

        if (await sessions.ReadAsync(HttpContext) is not { } person)
        {
            return this.ToSignIn();
        }

        var begun = walk.Begin(HttpContext, Seat!.Organization.OrganizationId, person.SessionId, clientId);
        (string Name, string Value)[] parts =
        [
            ("client_id", clientId), ("response_type", "code"), ("redirect_uri", walk.RedirectUri), .. scope.Length > 0 ? [("scope", scope)] : Array.Empty<(string, string)>(),
            ("state", begun.State), ("code_challenge", begun.Challenge), ("code_challenge_method", "S256"),
        ];
        AuthorizeParts = [.. parts.Select(part => new Explained(part.Name, part.Value, TriedFlow.MeaningAtAuthorize(part.Name)))];
        AuthorizeAt = Routes.Authorize + "?" + string.Join('&', parts.Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value)}"));
        return Page();
    }

    /// <summary>Whether the authorization endpoint would refuse the way back. Of clients that are not the organization's own that is not told.</summary>
    private async Task<bool> IsUnregisteredAsync(string clientId, CancellationToken ct) =>
        (await names.SuggestClientsAsync(Seat!.Organization.OrganizationId, ct)).Any(own => own.Value == clientId)
        && await clients.FindAsync(clientId, ct) is { } client && !client.RedirectUris.Any(registered => RedirectUris.Matches(registered, walk.RedirectUri));

    private void Choose(string? flow) => Flow = TriedFlow.All.FirstOrDefault(one => one.Name == flow) ?? TriedFlow.All[0];

    private async Task<IReadOnlyList<Question>> QuestionsAsync(CancellationToken ct)
    {
        var clients = Seat is null ? [] : await names.SuggestClientsAsync(Seat.Organization.OrganizationId, ct);
        IReadOnlyList<Question> asked = Flow.Name == TriedFlow.Code ? [TriedFlow.Named, TriedFlow.Scope] : [.. Flow.Client, .. Flow.Asked];
        return [.. asked.Select(question => question.Path == TriedFlow.ClientId ? question with { Options = clients } : question)];
    }
}
