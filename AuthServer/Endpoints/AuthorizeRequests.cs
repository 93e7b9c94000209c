using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;

namespace AuthServer.Endpoints;

/// <summary>Reads authorization requests in their two phases: who asks and where to answer, then everything else.</summary>
public sealed class AuthorizeRequests(ApplicationDirectory applications, ResourceCatalog resources, ScopeCatalog scopes, SigningKeys keys, IssuerUri issuer)
{
    private static readonly JwsTyp HintType = JwsTyp.Of(IdToken.MediaType);

    /// <summary>Errors of this phase are shown on a page.</summary>
    public async Task<Result<RedirectTarget>> IdentifyAsync(Parameters request, CancellationToken ct) =>
        request.Duplicate is "client_id"
            ? OAuthError.InvalidRequest("The request names more than one application.", "client_id")
            : RedirectTarget.Identify(request, await applications.FindAsync(request["client_id"], ct));

    /// <summary>Errors of this phase go back to the client.</summary>
    public async Task<Result<AuthorizeRequest>> ValidateAsync(Parameters request, RedirectTarget redirect, CancellationToken ct) =>
        AuthorizeRequest.Validate(
            request,
            redirect,
            await resources.AllAsync(ct),
            (await scopes.KnownAsync(redirect.Client.Agent?.OrganizationId, ct)).Names,
            hint => SubjectOf(hint, redirect.Client.ClientId)?.Subject);

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
