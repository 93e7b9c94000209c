using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Endpoints;

/// <summary>Reads authorization requests in their two phases: who asks and where to answer, then everything else.</summary>
public sealed class AuthorizeRequests(ApplicationDirectory applications, ResourceCatalog resources, ScopeCatalog scopes, SigningKeys keys, IssuerUri issuer)
{
    private static readonly JwsTyp HintType = JwsTyp.Of(IdToken.MediaType);

    /// <summary>Whether to identify the client would send a request to another server.</summary>
    public bool MustFetch(Parameters request) => applications.MustFetch(request["client_id"]);

    /// <summary>Errors of this phase are shown on a page.</summary>
    /// <param name="filed">By an agent: its code is bound to the agent's secret, so that PKCE adds little and is the agent's choice.</param>
    public async Task<Result<RedirectTarget>> IdentifyAsync(Parameters request, CancellationToken ct, bool filed = false)
    {
        if (request.Duplicate is "client_id")
        {
            return OAuthError.InvalidRequest("The request names more than one application.", "client_id");
        }

        var client = await applications.MeetAsync(request["client_id"], ct);
        return RedirectTarget.Identify(request, filed && client is { IsPublic: false } ? client with { RequiresPkce = false } : client);
    }

    /// <summary>Errors of this phase go back to the client.</summary>
    public async Task<Result<AuthorizeRequest>> ValidateAsync(Parameters request, RedirectTarget redirect, CancellationToken ct)
    {
        var client = redirect.Client;
        var known = await scopes.KnownAsync(client.Agent?.OrganizationId, ct);
        var actor = request["requested_actor"] is { } named ? await applications.FindByAgentAsync(named, ct) : null;
        if (AuthorizeRequest.Validate(request, redirect, await resources.AllAsync(ct), known.Names, hint => SubjectOf(hint, client.ClientId)?.Subject)
            .Failed(out var error, out var valid)
            || valid.ActedBy(request, actor).Failed(out error, out valid))
        {
            return error;
        }

        return valid with { IsCritical = (await DescribeAsync(valid, ct)).Any(scope => scope.Risk == RiskLevel.Critical) };
    }

    /// <summary>What is asked, in the words of the acting agent's organization. Where that and the client's own see different risks, the higher one counts.</summary>
    public async ValueTask<IReadOnlyList<ScopeLine>> DescribeAsync(AuthorizeRequest request, CancellationToken ct)
    {
        var (acting, asking) = (request.Actor?.Agent?.OrganizationId, request.Client.Agent?.OrganizationId);
        var lines = await scopes.DescribeAsync(request.Asked, acting, ct);
        if (acting == asking)
        {
            return lines;
        }

        var others = await scopes.DescribeAsync(request.Asked, asking, ct);
        return [.. lines.Zip(others, (line, other) => (line.Origin == ScopeOrigin.Nobody ? other : line) with { Risk = line.Risk > other.Risk ? line.Risk : other.Risk })];
    }

    /// <summary>Who an ID token of ours, made for this client, is about. It may have expired: it is a hint, not a proof (OIDC RP-Initiated Logout §2).</summary>
    /// <param name="clientId">The client it must have been made for; null: any.</param>
    public IdTokenHint? SubjectOf(string idToken, string? clientId)
    {
        var result = Jws.Verify(idToken, HintType, keys.Verification);
        return result.Claims is { } claims
            && claims.StringEquals("iss", issuer.Value)
            && claims.TryGetString("aud", out var audience)
            && (clientId is null || audience == clientId)
            && claims.TryGetString("sub", out var subject)
            ? new IdTokenHint(subject, audience, claims.TryGetString("sid", out var sid) ? sid : null)
            : null;
    }
}

/// <summary>Who an ID token is about, which client it was made for, and in which session.</summary>
public sealed record IdTokenHint(string Subject, string ClientId, string? SessionId);
