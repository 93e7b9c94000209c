using AuthServer.Accounts;
using AuthServer.Endpoints;
using AuthServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace AuthServer.Pages.Developer.TryIt;

/// <summary>Where the authorization endpoint sends the browser back to: what came, and the exchange of the code.</summary>
public sealed class TryCodeModel(Seats seats, OwnCalls own, IssuerUri issuer, CodeWalk walk, SignInSessions sessions) : TryPage(seats, own, issuer)
{
    private const int Longest = 2000;

    /// <summary>What this is the answer to; null: this browser made no such request.</summary>
    public BegunWalk? Begun { get; private set; }

    /// <summary>Null: an error came instead.</summary>
    public string? Code { get; private set; }

    internal IReadOnlyList<Explained> Came { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? code, string? state, CancellationToken ct)
    {
        if (await ReturnAsync(state, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        Came = [.. Request.Query.Where(part => part.Value.ToString().Length <= Longest).Select(part => new Explained(part.Key, part.Value.ToString(), Meaning(part.Key)))];
        Code = Begun is not null && code is { Length: > 0 and <= Longest } ? code : null;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? state, CancellationToken ct)
    {
        if (await ReturnAsync(state, ct) is { } elsewhere)
        {
            return elsewhere;
        }

        var form = await Request.ReadFormAsync(ct);
        if (Begun is not { } begun || form["code"].ToString() is not { Length: > 0 and <= Longest } code)
        {
            return Page();
        }

        KeyValuePair<string, string>[] sent = [new("code", code), new("redirect_uri", walk.RedirectUri), new("code_verifier", begun.Verifier)];
        await SendAsync(sent, begun.ClientId, TriedFlow.Proof.ToDictionary(question => question.Path, question => Typed(form, question), StringComparer.Ordinal));

        // Who only mistyped the secret tries again with the same code, which was not used.
        if (Call is { Status: StatusCodes.Status401Unauthorized })
        {
            Code = code;
        }

        return Page();
    }

    private async Task<IActionResult?> ReturnAsync(string? state, CancellationToken ct)
    {
        if (await sessions.ReadAsync(HttpContext) is not { } person)
        {
            return this.ToSignIn();
        }

        Flow = TriedFlow.All.First(flow => flow.Name == TriedFlow.Code);
        Begun = walk.Find(HttpContext, person.SessionId, state);
        Asked = TriedFlow.Proof;
        return await SitAsync(Begun?.OrganizationId, ct);
    }

    private static string Meaning(string name) => name switch
    {
        "code" => Texts.T("Good once, for a minute, and only with the verifier."),
        "state" => Texts.T("As it was sent: the answer is to this browser’s own request."),
        "iss" => Texts.T("Who answers (RFC 9207): no other server was put in between."),
        "error" => Texts.T("Why there is no code, in one word."),
        "error_description" => Texts.T("The same in a sentence."),
        _ => "",
    };
}
