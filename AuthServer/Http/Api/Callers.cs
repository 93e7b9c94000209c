using AuthServer.Accounts;
using AuthServer.Agents.Credentials;
using AuthServer.Applications;
using AuthServer.Certificates;
using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Languages;
using AuthServer.Organizations;
using AuthServer.Protocol;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http.Api;

/// <summary>Says who calls the REST API, once per request: from a developer key, a token of ours, or the session cookie.</summary>
public sealed class Callers(
    PresentedTokens tokens,
    SignInSessions sessions,
    DeveloperKeys keys,
    CertificateTokens certificates,
    LiveCertificates live,
    ApiKeys agentKeys,
    ApplicationDirectory applications,
    Memberships memberships,
    SuspendedOrganizations suspended,
    PreAuthenticationLimit limit,
    AuthServerOptions options,
    IssuerUri issuer,
    TimeProvider clock)
{
    /// <summary>Names the organization where the session cookie alone does not: its person may be in several.</summary>
    public const string OrganizationHeader = "X-Organization";

    /// <summary>The part of a path that does the same.</summary>
    public const string OrganizationRoute = "organizationId";

    public const string KeyHeader = "X-Api-Key";

    private readonly AttemptLimit _calls = new(options.RateLimits.PerKey, clock);

    public async ValueTask<Person> PersonAsync(HttpContext http)
    {
        if (ReadCredential(http, out var credential) is { } refused)
        {
            return new Person(refused);
        }

        if (credential is null)
        {
            return await sessions.ReadAsync(http) is not { } signedIn ? new Person(Unknown(http, null))
                : (CrossSite(http) ?? Paced(http, signedIn.Subject)) is { } problem ? new Person(problem)
                : Person.Of(signedIn);
        }

        if (await TokenAsync(http, credential, OwnScopes.Account) is not { } claims || !claims.TryGetString("sub", out var userId))
        {
            return await AgentAsync(http, credential) is not { } agent ? new Person(Unknown(http, credential))
                : Bounded(http, agent, null) is { Refusal: { } paced } ? new Person(paced)
                : new Person(ForPeople, new ActingParty(agent).Known);
        }

        var authTime = claims.Time("auth_time") ?? default;
        return Paced(http, userId) is { } tooMany ? new Person(tooMany) : new Person(userId, authTime, claims.Text("acr"), byBrowser: false);
    }

    public async ValueTask<Developer> DeveloperAsync(HttpContext http)
    {
        if (ReadCredential(http, out var credential) is { } refused)
        {
            return new Developer(refused);
        }

        var developer = credential is null ? await BySessionAsync(http)
            : credential.StartsWith(DeveloperKey.Prefix, StringComparison.Ordinal) ? await ByKeyAsync(http, credential)
            : CertificateTokens.KeyIdOf(credential) is not null ? await ByCertificateAsync(http, credential)
            : await ByTokenAsync(http, credential);
        if (developer.Refusal is not null)
        {
            return developer;
        }

        // What belongs to another organization is not there, whatever the caller may do in their own.
        if (OrganizationInPath(http) is { } organizationId && organizationId != developer.OrganizationId)
        {
            return new Developer(Problem.NotFound);
        }

        var least = http.GetEndpoint()?.Metadata.GetMetadata<RequiredRole>()?.Role ?? (IsSafe(http) ? Role.Auditor : Role.Developer);
        return Paced(http, developer.KeyId ?? developer.UserId) is { } tooMany ? new Developer(tooMany)
            : developer.Role < least ? new Developer(RoleMissing(least), developer.Known)
            : developer.Scopes is { } scopes && RefuseScopes(http, scopes) is { } insufficient ? new Developer(insufficient, developer.Known)
            : !IsSafe(http) && await suspended.IncludeAsync(developer.OrganizationId, http.RequestAborted) ? new Developer(Suspended, developer.Known)
            : developer;
    }

    /// <summary>A credential that is bound to scopes opens what asks for one of them, and nothing that asks for none.</summary>
    private static Problem? RefuseScopes(HttpContext http, IReadOnlyList<string> scopes) =>
        ScopeOf(http) is not { } scope ? Problem.Forbidden("insufficient_scope", "This is not for a credential that is bound to scopes.")
        : ScopeWildcards.CoversAll(scopes, [scope]) ? null
        : Insufficient(http, scope);

    /// <summary>What the route asks of credentials that are bound to scopes; null: it is not for them.</summary>
    private static string? ScopeOf(HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>()?.Scope;

    /// <summary>An agent by its key or its token; everybody else as a developer.</summary>
    public async ValueTask<ActingParty> ActingPartyAsync(HttpContext http)
    {
        if (ReadCredential(http, out var credential) is { } refused)
        {
            return new ActingParty(refused);
        }

        if (credential is null || credential.StartsWith(DeveloperKey.Prefix, StringComparison.Ordinal))
        {
            return new ActingParty(await DeveloperAsync(http));
        }

        return await AgentAsync(http, credential) is { } agent ? Bounded(http, agent, ScopeOf(http))
            : ApiKeys.IsOne(credential) ? new ActingParty(Unknown(http, credential))
            : new ActingParty(await DeveloperAsync(http));
    }

    /// <summary>The agent whose key this is, or an access token for this server's API; null: nobody's.</summary>
    public Task<ActingAgent?> AgentAsync(HttpContext http, string credential) => AgentAsync(http, credential, [issuer.Value]);

    private Task<ActingAgent?> AgentAsync(HttpContext http, string credential, IReadOnlyList<string> audiences) =>
        ApiKeys.IsOne(credential) ? AgentByKeyAsync(credential, http.RequestAborted) : AgentByTokenAsync(http, credential, audiences);

    /// <summary>Who presents this credential for a resource of this server's own: an agent by its key or its token; or, by a token that a client of theirs
    /// got, a member of an organization.</summary>
    /// <param name="audiences">A token must have been made for one of them.</param>
    /// <param name="scope">What the token must hold, or the key.</param>
    /// <param name="least">The role that a member needs.</param>
    public async ValueTask<ActingParty> HolderAsync(HttpContext http, string credential, IReadOnlyList<string> audiences, string? scope, Role least)
    {
        return await AgentAsync(http, credential, audiences) is { } agent ? Bounded(http, agent, scope)
            : await MemberAsync(http, credential, audiences, scope, least) ?? new ActingParty(Unknown(http, credential));
    }

    /// <summary>Null: this is no person's token for one of these.</summary>
    private async ValueTask<ActingParty?> MemberAsync(HttpContext http, string token, IReadOnlyList<string> audiences, string? scope, Role least)
    {
        if (await TokenForAsync(http, token, audiences) is not { } claims || AccessTokens.AgentOf(claims) is not null
            || !claims.TryGetString("sub", out var userId) || Identifiers.Read("usr_", userId) is null)
        {
            return null;
        }

        if (Paced(http, userId) is { } tooMany)
        {
            return new ActingParty(tooMany);
        }

        var scopes = ScopesOf(claims);
        if (scope is not null && !ScopeWildcards.CoversAll(scopes, [scope]))
        {
            return new ActingParty(Insufficient(http, scope), new KnownCaller(userId, ClientId: claims.Text("client_id")));
        }

        var developer = await MemberAsync(http, userId);
        return developer.Refusal is null && developer.Role < least ? new ActingParty(RoleMissing(least), developer.Known)
            : developer.Refusal is null && await suspended.IncludeAsync(developer.OrganizationId, http.RequestAborted) ? new ActingParty(Suspended, developer.Known)
            : new ActingParty(developer, scopes, claims.Text(AccessToken.Names.AuthorizationId));
    }

    private ActingParty Bounded(HttpContext http, ActingAgent agent, string? scope)
    {
        var caller = new ActingParty(agent);
        return Paced(http, agent.Client.Key?.Id ?? agent.Id) is { } tooMany ? new ActingParty(tooMany)
            : scope is not null && !Allows(agent, scope) ? new ActingParty(Insufficient(http, scope), caller.Known)
            : caller;
    }

    /// <summary>What somebody delegates opens other APIs. Here an agent acts on what is its own, so it must have been let do so itself.</summary>
    private static bool Allows(ActingAgent agent, string scope) =>
        ScopeWildcards.CoversAll(agent.Scopes, [scope]) && (agent.ActsForItself || agent.Client.Covers(scope));

    private async Task<ActingAgent?> AgentByKeyAsync(string credential, CancellationToken ct) =>
        await agentKeys.FindAsync(credential, ct) is { Agent: { } identity } client
            ? new ActingAgent(identity, client, identity.Id, [.. client.Scopes], null, client.Key?.ExpiresAt, client.Key is { } key ? [key.Id] : [])
            : null;

    /// <summary>An agent's access token that was made for one of these.</summary>
    private async Task<ActingAgent?> AgentByTokenAsync(HttpContext http, string token, IReadOnlyList<string> audiences) =>
        await TokenForAsync(http, token, audiences) is { } claims
        && AccessTokens.AgentOf(claims) is { } agentId
        && await applications.FindByAgentAsync(agentId, http.RequestAborted) is { Agent: { } identity } client
        && claims.TryGetString("sub", out var subject)
            ? new ActingAgent(
                identity,
                client,
                subject,
                ScopesOf(claims),
                claims.Text(AccessToken.Names.DelegationId),
                claims.Time("exp"),
                AccessTokens.KeysOf(claims))
            : null;

    private async ValueTask<JwtClaims?> TokenForAsync(HttpContext http, string token, IReadOnlyList<string> audiences) =>
        (await tokens.VerifyAsync(http, token, http.RequestAborted)).Claims is { } claims && audiences.Any(audience => claims.Contains("aud", audience)) ? claims : null;

    private static IReadOnlyList<string> ScopesOf(JwtClaims claims) => ScopeNames.Parse(claims.Text("scope") ?? "") ?? [];

    /// <summary>A credential in the headers is meant; a session cookie comes along by itself, and counts only where it says which organization.</summary>
    public async ValueTask<Visitor> VisitorAsync(HttpContext http)
    {
        if (ReadCredential(http, out var credential) is { } refused)
        {
            return new Visitor(refused);
        }

        if (credential is null && await sessions.ReadAsync(http) is null)
        {
            return new Visitor((ActingParty?)null);
        }

        var caller = await ActingPartyAsync(http);
        return caller.Refusal is not { } problem ? new Visitor(caller)
            : credential is null ? new Visitor((ActingParty?)null)
            : new Visitor(problem);
    }

    private async Task<Developer> ByKeyAsync(HttpContext http, string credential) =>
        await keys.FindAsync(credential, http.RequestAborted) is { } key
            ? new Developer(key.OrganizationId, key.UserId, key.Role, key.Id)
            : new Developer(Unknown(http, credential));

    private async Task<Developer> ByCertificateAsync(HttpContext http, string credential)
    {
        // Anybody can name key ids that nobody has, and each would be a look into the database.
        if (!certificates.Remembers(credential) && limit.WaitFor(http) is { } tooMany)
        {
            return new Developer(Problem.TooMany(tooMany.Description));
        }

        return !TokenHeader.IsByProof(http) && (await certificates.VerifyAsync(credential, http.RequestAborted)).Token?.Certificate is { } certificate
            ? By(certificate)
            : new Developer(Unknown(http, credential));
    }

    private static Developer By(Certificate certificate) =>
        new(certificate.OrganizationId, certificate.UserId, certificate.Role, certificate.Id, certificate.BoundScopes);

    private async Task<Developer> ByTokenAsync(HttpContext http, string credential)
    {
        if (await TokenAsync(http, credential, OwnScopes.Organization) is not { } claims
            || !claims.TryGetString("sub", out var userId)
            || !claims.TryGetString(AccessToken.Names.OrganizationId, out var organizationId))
        {
            // An agent is known, and no guess: it may not, whatever scopes it gets (RFC 6750 §3.1).
            return await AgentAsync(http, credential) is not { } agent ? new Developer(Unknown(http, credential))
                : Bounded(http, agent, null) is { Refusal: { } paced } ? new Developer(paced)
                : new Developer(ForMembers, new ActingParty(agent).Known);
        }

        // It came by a certificate: what that may do is all that it may, and not what its maker may.
        if (claims.TryGetStrings(AccessToken.Names.KeyIds, out var keyIds))
        {
            return keyIds is [var only] && await live.FindByIdAsync(only, http.RequestAborted) is { Certificate: var certificate } && certificate.OrganizationId == organizationId
                ? By(certificate)
                : new Developer(Unknown(http, credential));
        }

        return await memberships.RoleAsync(organizationId, userId, http.RequestAborted) is { } role
            ? new Developer(organizationId, userId, role, null)
            : Paced(http, userId) is { } tooMany ? new Developer(tooMany)
            : new Developer(Problem.Forbidden("no_member", "You are no longer a member of this organization."), new KnownCaller(userId, organizationId));
    }

    private async Task<Developer> BySessionAsync(HttpContext http)
    {
        if (await sessions.ReadAsync(http) is not { } signedIn)
        {
            return new Developer(Unknown(http, null));
        }

        if (CrossSite(http) is { } refused)
        {
            return new Developer(refused);
        }

        return await MemberAsync(http, signedIn.Subject);
    }

    /// <summary>A person in the organization that the request names, or in their only one.</summary>
    private async Task<Developer> MemberAsync(HttpContext http, string userId)
    {
        var all = await memberships.OfAsync(userId, http.RequestAborted);
        var inPath = OrganizationInPath(http);
        var named = inPath ?? http.Request.Headers[OrganizationHeader].ToString();
        var member = named.Length > 0 ? all.FirstOrDefault(member => member.OrganizationId == named) : all.Count == 1 ? all[0] : null;
        return member is not null ? new Developer(member.OrganizationId, member.UserId, member.Role, null)
            : all.Count > 1 && named.Length == 0
                ? new Developer(Problem.Malformed("organization_missing", $"You are a member of several organizations: name one in {OrganizationHeader}."))
            : new Developer(inPath is null ? Problem.Forbidden("no_member", "You are not a member of this organization.") : Problem.NotFound);
    }

    private static string? OrganizationInPath(HttpContext http) => http.Request.RouteValues[OrganizationRoute] as string;

    /// <summary>The claims of a token that this server gave for its own API, with this scope.</summary>
    private async Task<JwtClaims?> TokenAsync(HttpContext http, string token, string scope) =>
        (await tokens.VerifyAsync(http, token, http.RequestAborted)).Claims is { } claims
        && claims.Contains("aud", issuer.Value)
        && claims.StringEquals("client_id", OwnScopes.ClientId)
        && claims.TryGetString("scope", out var scopes)
        && scopes.Split(' ').Contains(scope)
            ? claims
            : null;

    /// <summary>The one credential that the headers hold; null when they hold none.</summary>
    private static Problem? ReadCredential(HttpContext http, out string? credential)
    {
        var key = http.Request.Headers[KeyHeader];
        var token = TokenHeader.Read(http);
        credential = key.Count > 0 ? key[0] : token;
        return key.Count > 1 || (key.Count > 0 && token is not null)
            ? Problem.Malformed("several_credentials", "Send one credential, not several.")
            : null;
    }

    private static Problem ForMembers { get; } = Problem.Forbidden("members_only", "This is for members of the organization and their keys. No scope opens it to an agent.");

    private static Problem ForPeople { get; } = Problem.Forbidden("people_only", "This is for people who are signed in. No scope opens it to an agent.");

    internal static Problem Suspended { get; } = Problem.Forbidden("organization_suspended", "The organization is suspended. Whoever administers this server can tell why.");

    private static Problem RoleMissing(Role least) => Problem.Forbidden("role", Sentence.Of("This needs the role {0} or a higher one.", least.ToString().ToLowerInvariant()));

    private static Problem Insufficient(HttpContext http, string scope)
    {
        TokenChallenge.Set(http, "insufficient_scope", $", scope=\"{scope}\"");
        return Problem.Forbidden("insufficient_scope", Sentence.Of("This needs the scope {0}.", scope));
    }

    private Problem Unknown(HttpContext http, string? credential)
    {
        var refused = http.Features.Get<PresentedToken>()?.Error;
        TokenChallenge.Set(http, credential is null ? null : refused?.Code ?? "invalid_token");
        if (credential is not null && refused is not { IsNonceAsked: true } && limit.Refuse(http, OAuthError.InvalidClient(refused?.Reason ?? "api_credential")) is { Code: TooManyRequests.Code } tooMany)
        {
            return Problem.TooMany(tooMany.Description);
        }

        return refused is { Code: not "invalid_token" } proof ? Problem.Unproven(proof.Code, proof.Description)
            : Problem.Unauthenticated(credential is null ? "This needs a credential: a developer key, a token, or a signed-in browser." : "The credential is unknown, expired or revoked, or not for this.");
    }

    /// <summary>A cookie comes along with what any site sends; what only our own pages send is told by the browser (Fetch Metadata §2.3), or by the origin.</summary>
    private Problem? CrossSite(HttpContext http)
    {
        if (IsSafe(http))
        {
            return null;
        }

        var site = http.Request.Headers["Sec-Fetch-Site"].ToString();
        var ours = site.Length > 0 ? site == "same-origin" : http.Request.Headers.Origin.ToString() == issuer.Value;
        return ours ? null : Problem.Forbidden("cross_site", "A browser session can be used from this server's own pages only.");
    }

    private Problem? Paced(HttpContext http, string credential)
    {
        if (_calls.Count(credential) is var wait && wait <= TimeSpan.Zero)
        {
            return null;
        }

        TooManyRequests.SetRetryAfter(http.Response, wait);
        return Problem.TooMany("Too many requests with this credential. Wait as long as Retry-After says.");
    }

    private static bool IsSafe(HttpContext http) => HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
}
