using System.Globalization;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Authorize;

/// <summary>A validated authorization request (RFC 6749 §4.1.1, OIDC Core §3.1.2.1).</summary>
public sealed record AuthorizeRequest
{
    private const int LongestValue = 2048;

    private static readonly string[] Returned = ["state", "nonce"];

    private static readonly string[] Bounded = ["state", "nonce", "login_hint", "ui_locales", "acr_values"];

    // Features that are not here: to ignore them would weaken what the client asked for.
    private static readonly string[] Unsupported = ["request", "request_uri", "registration", "authorization_details"];

    public required RedirectTarget Redirect { get; init; }

    public required string ResponseMode { get; init; }

    public required Target Target { get; init; }

    /// <summary>Only claims that the client may see.</summary>
    public required ClaimsRequest Claims { get; init; }

    /// <summary>Everything a person must allow: the scopes, and those whose claims are asked for by name.</summary>
    public IReadOnlyList<string> Asked =>
        Claims.IdToken.Count + Claims.UserInfo.Count == 0 ? Target.Scopes : [.. Target.Scopes.Union(Claims.Scopes, StringComparer.Ordinal)];

    public required Prompts Prompt { get; init; }

    public string? CodeChallenge { get; init; }

    public string? Nonce { get; init; }

    /// <summary>RFC 9449 §10: the thumbprint of the key without which the code is worth nothing; null: the client does not say.</summary>
    public string? DPoPKey { get; init; }

    public TimeSpan? MaxAge { get; init; }

    public string? LoginHint { get; init; }

    /// <summary>The person whom the client believes to be signed in: the subject of its <c>id_token_hint</c>, or <c>claims</c>' sub.</summary>
    public string? ExpectedSubject { get; init; }

    /// <summary>Authentication contexts that the client would like, the best first (OIDC Core §3.1.2.1).</summary>
    public IReadOnlyList<string> AcrValues { get; init; } = [];

    public IReadOnlyList<string> UiLocales { get; init; } = [];

    /// <summary>The agent that will act for the person, as an application: the client itself where it is one, or the one that it names by
    /// <c>requested_actor</c>. Null: the client acts, and no agent does.</summary>
    public Client? Actor { get; init; }

    /// <summary>The id of an acting agent that is not the client itself; null where there is none.</summary>
    public string? OtherActorId => Actor is not null && Actor.Id != Client.Id ? Actor.Agent?.Id : null;

    /// <summary>Something is asked for that can do great harm: the person must have signed in just now to allow it.</summary>
    public bool IsCritical { get; init; }

    /// <summary>A weaker sign-in than the person has the means for may not do.</summary>
    public bool AsksForStrength => IsCritical || AskedAcr.Any(acr => acr != Acr.Password);

    /// <summary>What the client asks for, whether it must be met or not.</summary>
    public IReadOnlyList<string> AskedAcr => Claims.EssentialAcr.Count > 0 ? Claims.EssentialAcr : AcrValues;

    public Client Client => Redirect.Client;

    /// <summary>Errors of this phase go back to the client; the response mode they travel in is <see cref="ResponseModeOf"/>.</summary>
    /// <param name="scopes">The names of the scopes that the client's organization knows.</param>
    /// <param name="subjectOfHint">The subject of an ID token of ours that was made for this client; null when it is no such token.</param>
    public static Result<AuthorizeRequest> Validate(
        Parameters request,
        RedirectTarget redirect,
        IReadOnlyDictionary<string, ResourceServer> resources,
        IEnumerable<string> scopes,
        Func<string, string?> subjectOfHint)
    {
        var client = redirect.Client;
        if ((RejectDuplicates(request)
            ?? RejectUnsupported(request)
            ?? RequireCode(request, client)
            ?? CheckResponseMode(request)
            ?? Pkce.CheckChallenge(request["code_challenge"], request["code_challenge_method"], client.RequiresPkce || client.IsPublic)
            ?? CheckLengths(request)
            ?? CheckReturned(request)
            ?? CheckKey(request)
            ?? PromptValues.TryParse(request["prompt"], out _)) is { } fault)
        {
            return fault;
        }

        if (Target.Resolve(request, client, resources, scopes, forItself: false).Failed(out var error, out var target)
            || ClaimsRequest.Parse(request["claims"]).Failed(out error, out var claims)
            || ParseMaxAge(request["max_age"], out var maxAge) is { } maxAgeError && (error = maxAgeError) is not null)
        {
            return error;
        }

        var expected = claims.RequiredSubject;
        if (request["id_token_hint"] is { } hint && (expected = subjectOfHint(hint)) is null)
        {
            return OAuthError.InvalidRequest("The id_token_hint is not an ID token that this server made for this client.");
        }

        if (claims.RequiredSubject is { } required && required != expected)
        {
            return OAuthError.InvalidRequest("The id_token_hint and the claims parameter name different people.");
        }

        _ = PromptValues.TryParse(request["prompt"], out var prompt);
        return new AuthorizeRequest
        {
            Redirect = redirect,
            ResponseMode = ResponseModeOf(request),
            Target = target,
            Claims = claims.Within(scope => target.Scopes.Contains(ScopeNames.OpenId) && (client.Covers(scope) || target.Scopes.Contains(scope))),
            Prompt = prompt,
            CodeChallenge = request["code_challenge"],
            Nonce = request["nonce"],
            DPoPKey = request["dpop_jkt"],
            MaxAge = maxAge,
            LoginHint = request["login_hint"],
            ExpectedSubject = expected,
            AcrValues = (request["acr_values"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
            UiLocales = (request["ui_locales"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries),
        };
    }

    /// <summary>The same request with the agent that it names (draft-oauth-ai-agents-on-behalf-of-user §4.1). An agent never gets more than it may have itself.</summary>
    /// <param name="named">The agent of <c>requested_actor</c>; null when there is none that may act.</param>
    public Result<AuthorizeRequest> ActedBy(Parameters request, Client? named)
    {
        if (!request.Has("requested_actor"))
        {
            return this with { Actor = Client.Agent is null ? null : Client };
        }

        if (named?.Agent is null)
        {
            return OAuthError.InvalidRequest("The requested_actor is no agent that may act.");
        }

        return Target.Scopes.FirstOrDefault(scope => !ScopeNames.OfPeople.Contains(scope) && !named.Covers(scope)) is { } refused
            ? OAuthError.InvalidScope($"The scope '{refused}' is not for the requested actor.")
            : this with { Actor = named };
    }

    /// <summary>The mode in which even an error about the mode itself can be answered.</summary>
    public static string ResponseModeOf(Parameters request) =>
        request["response_mode"] is ResponseModes.FormPost ? ResponseModes.FormPost : ResponseModes.Query;

    private static OAuthError? RejectDuplicates(Parameters request) =>
        request.Duplicate is null ? null : OAuthError.InvalidRequest("A parameter stands more than once in the request.");

    private static OAuthError? RejectUnsupported(Parameters request) =>
        Unsupported.FirstOrDefault(request.Has) switch
        {
            null => null,
            "request" => new OAuthError("request_not_supported", "Request objects are not supported."),
            "request_uri" => new OAuthError("request_uri_not_supported", "Request objects are not supported."),
            "registration" => new OAuthError("registration_not_supported", "Self-issued registration is not supported."),
            var name => OAuthError.InvalidRequest($"The parameter {name} is not supported."),
        };

    private static OAuthError? RequireCode(Parameters request, Client client) => request["response_type"] switch
    {
        null => OAuthError.InvalidRequest("response_type is missing."),
        "code" when client.MayUse(GrantTypes.AuthorizationCode) => null,
        "code" => OAuthError.UnauthorizedClient("This client may not use the authorization code grant."),
        _ => OAuthError.UnsupportedResponseType("Only response_type=code is supported."),
    };

    private static OAuthError? CheckResponseMode(Parameters request) =>
        request["response_mode"] is not { } mode || ResponseModes.All.Contains(mode)
            ? null
            : OAuthError.InvalidRequest("Only response_mode=query and form_post are supported.");

    private static OAuthError? CheckLengths(Parameters request) =>
        Bounded.FirstOrDefault(name => request[name]?.Length > LongestValue) is { } name
            ? OAuthError.InvalidRequest($"The parameter {name} is too long.")
            : null;

    /// <summary>RFC 6749 §A.5 allows no control characters, and a browser that posts them in a form changes them: they would not come back as they went.</summary>
    private static OAuthError? CheckReturned(Parameters request) =>
        Returned.FirstOrDefault(name => request[name]?.Any(char.IsControl) == true) is { } name
            ? OAuthError.InvalidRequest($"The parameter {name} holds a control character.")
            : null;

    private static OAuthError? CheckKey(Parameters request) =>
        request["dpop_jkt"] is { } key && !DPoPProof.IsThumbprint(key) ? OAuthError.InvalidRequest("dpop_jkt is not the SHA-256 thumbprint of a key.") : null;

    private static OAuthError? ParseMaxAge(string? value, out TimeSpan? maxAge)
    {
        maxAge = null;
        if (value is null)
        {
            return null;
        }

        // Digits only: a sign, a fraction or an overflow is a client's mistake, not a reason to skip the check.
        if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return OAuthError.InvalidRequest("max_age is not a number of seconds.");
        }

        maxAge = TimeSpan.FromSeconds(seconds);
        return null;
    }
}
