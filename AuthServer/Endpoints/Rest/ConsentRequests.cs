using AuthServer.Accounts;
using AuthServer.Consents;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints.Rest;

/// <summary>Consents that agents file and people answer. Filing one only puts a question: it is an authorization request that comes by another door,
/// and its answer goes to the agent's registered redirect URI alone.</summary>
public sealed class ConsentRequests(
    AuthorizeRequests parser,
    Interactions interactions,
    CodeIssuer codes,
    AuthorizationResponse response,
    Authorizations authorizations,
    ClientAuthentication authentication,
    SignInSessions sessions,
    PreAuthenticationLimit limit,
    IssuerUri issuer,
    TimeProvider clock)
{
    private const int MostScopes = 100;
    private const int MostResources = 20;
    private const string RequiredAmongRequested = "These must be among the requested scopes.";

    private static readonly Problem AnsweredAlready = Problem.Conflict("answered_already", "This request was answered already.");

    /// <summary>Files a request. Anybody can, so strangers are limited by address; whoever proves to be the agent is not.</summary>
    public async Task<Answer<FiledConsent>> FileAsync(HttpContext http, ConsentRequestBody body, CancellationToken ct)
    {
        if (await PaceAsync(http, body, ct) is { } stopped)
        {
            return stopped;
        }

        if (Check(body) is { Count: > 0 } faults)
        {
            return Problem.Invalid(faults);
        }

        var parameters = ParametersOf(body);
        if ((await parser.IdentifyAsync(parameters, ct, filed: true)).Failed(out var error, out var redirect))
        {
            limit.Refuse(http, error);
            return error.Reason == "unknown_client"
                ? Problem.Invalid("clientId", "No agent that may act has this client id.")
                : Problem.Invalid("redirectUri", "This is none of the agent's redirect URIs.");
        }

        if (redirect.Client is { IsPublic: true } or { Agent: null })
        {
            return Problem.Invalid("clientId", "Only an agent with a credential of its own can file a consent.");
        }

        if ((await parser.ValidateAsync(parameters, redirect, ct)).Failed(out error, out var request))
        {
            return Problem.Invalid(FieldOf(error), error.Description);
        }

        // The person decides about concrete scopes, and so is told which of those are required.
        IReadOnlyList<string> required = body.RequiredScopes ?? [];
        if (!required.All(scope => request.Asked.Any(asked => ScopeWildcards.Covers(scope, asked))))
        {
            return Problem.Invalid("requiredScopes", RequiredAmongRequested);
        }

        required = ScopeWildcards.Resolve(required, request.Asked);
        return (await interactions.FileAsync(http, parameters.Encode(), request, body.HasProof, body.UserId, required, ct)).Failed(out error, out var filed)
            ? Problem.TooMany(error.Description)
            : Answer.Created(await DescribeAsync(filed, ct), $"/api/v1/consent/{filed.Stored.Id}");
    }

    /// <summary>What is asked, for whoever knows the id.</summary>
    public async Task<Answer<FiledConsent>> FindAsync(string id, CancellationToken ct) =>
        await interactions.FindFiledAsync(id, ct) is { } filed ? await DescribeAsync(filed, ct) : Problem.NotFound;

    public async Task<Answer<AnsweredConsent>> ApproveAsync(HttpContext http, Person caller, string id, IReadOnlyList<string>? granted, CancellationToken ct)
    {
        if ((await TakeUpAsync(http, caller, id, ct)).Failed(out var problem, out var taken))
        {
            return problem;
        }

        var (filed, person) = taken;
        if (!await interactions.MayAllowAsync(filed, person, ct))
        {
            return Problem.Forbidden("fresh_sign_in_needed", "What is asked can do great harm: sign in once more, then approve within five minutes.");
        }

        granted ??= filed.Request.Asked;
        if (granted.FirstOrDefault(scope => !filed.Request.Asked.Contains(scope)) is not null)
        {
            return Problem.Invalid("scopes", "Only what was asked for can be granted.");
        }

        if (granted.Count == 0 || !filed.Stored.RequiredScopes!.All(granted.Contains))
        {
            return Problem.Invalid("scopes", "Grant at least one scope, and all that the agent requires; or deny the request.");
        }

        return await FinishAsync(http, await interactions.ApproveAsync(http, filed, person, granted, ct), person, ct);
    }

    public async Task<Answer<AnsweredConsent>> DenyAsync(HttpContext http, Person caller, string id, CancellationToken ct) =>
        (await TakeUpAsync(http, caller, id, ct)).Failed(out var problem, out var taken)
            ? problem
            : await FinishAsync(http, await interactions.DenyAsync(taken.Filed, taken.Person, ct), taken.Person, ct);

    /// <summary>The same step that the authorization endpoint takes once a page has saved its answer.</summary>
    /// <param name="answered">Null: another answer was first.</param>
    private async Task<Answer<AnsweredConsent>> FinishAsync(HttpContext http, Interaction? answered, SignedInPerson person, CancellationToken ct)
    {
        if (answered is null)
        {
            return AnsweredAlready;
        }

        var request = answered.Request;
        var remembered = await authorizations.FindAsync(request.Client.Id, person.Subject, answered.Stored.AuthorizationId, ct);
        switch (AuthorizeStep.Next(request, person, answered.Stored, remembered, clock.GetUtcNow()))
        {
            case AuthorizeStep.Issue issue when await codes.CreateAsync(http, request, issue, answered, ct) is { } code:
                return new AnsweredConsent("approved", response.LocationOf(request.Redirect, [new("code", code)]), code, issue.Scopes);
            case AuthorizeStep.Refuse { Error: var error } when await codes.TryRefuseAsync(http, answered, error, ct):
                var location = response.LocationOf(request.Redirect, response.Of(error));
                return new AnsweredConsent("denied", location, null, []);
            default:
                return AnsweredAlready;
        }
    }

    private async Task<Answer<TakenUp>> TakeUpAsync(HttpContext http, Person caller, string id, CancellationToken ct)
    {
        if (!caller.ByBrowser || await sessions.ReadAsync(http) is not { } person)
        {
            return Problem.Forbidden("browser_needed", "A person answers in their own browser, where they are signed in.");
        }

        return await interactions.FindFiledAsync(id, ct) is { } filed && Interactions.Asks(filed, person)
            ? new TakenUp(filed, person)
            : Problem.NotFound;
    }

    private async Task<Problem?> PaceAsync(HttpContext http, ConsentRequestBody body, CancellationToken ct)
    {
        if (body.HasProof)
        {
            var form = Parameters.Of(body.Proof);
            return (await authentication.AuthenticateAsync(http, form, ct)).Failed(out var refused, out _) ? RestErrors.Of(refused) : null;
        }

        return limit.Count(http) is { } tooMany ? Problem.TooMany(tooMany.Description) : null;
    }

    private static Dictionary<string, string[]> Check(ConsentRequestBody body)
    {
        var faults = new Dictionary<string, string[]>();
        void Require(bool holds, string field, string sentence)
        {
            if (!holds)
            {
                faults[field] = [sentence];
            }
        }

        Require(!string.IsNullOrEmpty(body.ClientId), "clientId", "Give the agent's client id.");
        Require(!string.IsNullOrEmpty(body.RedirectUri), "redirectUri", "Give one of the agent's redirect URIs.");
        Require(body.UserId is null || Identifiers.ToUuid("usr_", body.UserId) is not null, "userId", "This is no person's id (usr_…).");
        var asked = body.RequestedScopes ?? [];
        Require(
            asked.Count is > 0 and <= MostScopes && asked.All(ScopeNames.IsOne),
            "requestedScopes", $"Give 1 to {MostScopes} scopes, each as one string.");
        Require(
            (body.RequiredScopes ?? []).All(required => required is not null && asked.Exists(scope => scope is not null && ScopeWildcards.Covers(scope, required))),
            "requiredScopes", RequiredAmongRequested);
        Require(
            (body.Resources ?? []).Distinct(StringComparer.Ordinal).Count() <= MostResources, "resources", $"Give at most {MostResources} resources.");
        return faults;
    }

    private static Parameters ParametersOf(ConsentRequestBody body) => Parameters.Of(
        [
            ("response_type", "code"),
            ("client_id", body.ClientId),
            ("redirect_uri", body.RedirectUri),
            ("scope", ScopeNames.Join(body.RequestedScopes!)),
            ("state", body.State),
            ("code_challenge", body.CodeChallenge),
            ("code_challenge_method", body.CodeChallenge is null ? null : Pkce.Method),
            .. (body.Resources ?? []).Distinct(StringComparer.Ordinal).Select(resource => ("resource", (string?)resource)),
        ]);

    private static string FieldOf(OAuthError error) => error.Code switch
    {
        "invalid_scope" => "requestedScopes",
        "invalid_target" => "resources",
        _ when error.Description.Contains("code_challenge", StringComparison.Ordinal) => "codeChallenge",
        _ when error.Description.Contains("state", StringComparison.Ordinal) => "state",
        _ => "clientId",
    };

    private async Task<FiledConsent> DescribeAsync(Interaction filed, CancellationToken ct)
    {
        var (stored, request) = filed;
        var agent = request.Client.Agent!;
        var lines = await parser.DescribeAsync(request, ct);
        return new FiledConsent(
            stored.Id,
            issuer.At(filed.ContinueAt),
            "pending",
            new FiledConsentAgent(agent.Id, request.Client.ClientId, request.Client.DisplayName ?? request.Client.ClientId),
            stored.ForSubject,
            request.Asked,
            [.. lines.Select(line => new FiledConsentScope(
                line.Name, line.Title, line.Description, line.Category, line.Risk, stored.RequiredScopes!.Contains(line.Name)))],
            request.Redirect.Uri,
            stored.CreatedAt,
            stored.ExpiresAt);
    }

    private sealed record TakenUp(Interaction Filed, SignedInPerson Person);
}
