using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>RFC 6749 §3.2: <c>POST /connect/token</c>.</summary>
public sealed class TokenEndpoint(
    ClientAuthentication authentication,
    PreAuthenticationLimit limit,
    Grants grants,
    ResourceCatalog resources,
    ScopeCatalog scopes,
    TokenIssuer issuer,
    RefusalTrail refusals,
    TimeProvider clock)
{
    // Two callers with one code or token: the loser looks again once, and may lose a second time to a third.
    private const int MostAttempts = 3;

    // Sender constraint by DPoP is not offered yet; a client that asks for it must not get a bearer token instead.
    private static readonly string[] Unsupported = ["dpop_jkt", "request", "request_uri", "authorization_details"];

    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if ((await RequestForm.ReadOfClientAsync(http.Request, ct)).Failed(out var error, out var form)
            || (error = Check(form)) is not null)
        {
            await OAuthResponse.WriteErrorAsync(http, limit.Refuse(http, error));
            return;
        }

        if ((await authentication.AuthenticateAsync(http, form, ct)).Failed(out error, out var client))
        {
            await OAuthResponse.WriteErrorAsync(http, error);
            return;
        }

        var answer = grants.For(form["grant_type"]!, client).Failed(out error, out var grant)
            ? error
            : await RedeemAsync(http, grant, await RequestAsync(http, form, client, ct), ct);
        if (answer.Failed(out error, out var tokens))
        {
            await refusals.AppendAsync(http, client, error, form["grant_type"]!, ct);
            await OAuthResponse.WriteErrorAsync(http, client.IsPublic ? limit.Refuse(http, error) : error);
            return;
        }

        await OAuthResponse.WriteAsync(http, StatusCodes.Status200OK, tokens, static (json, tokens) => tokens.WriteTo(json));
    }

    private static OAuthError? Check(Parameters form)
    {
        if (Unsupported.FirstOrDefault(form.Has) is { } name)
        {
            return OAuthError.InvalidRequest($"The parameter {name} is not supported.");
        }

        return form["grant_type"] is null ? OAuthError.InvalidRequest("grant_type is missing.") : null;
    }

    private async Task<TokenRequest> RequestAsync(HttpContext http, Parameters form, Client client, CancellationToken ct) =>
        new(form, client, await resources.AllAsync(ct), (await scopes.KnownAsync(client.Agent?.OrganizationId, ct)).Names, clock.GetUtcNow(), http.Origin());

    /// <summary>Find and check, mint, then claim and store in one commit. Who loses the claim asks the grant again.</summary>
    private async Task<Result<TokenAnswer>> RedeemAsync(HttpContext http, IGrant grant, TokenRequest request, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if ((await grant.RedeemAsync(request, ct)).Failed(out var error, out var granted))
            {
                return error;
            }

            var template = http.Event(AuditEventTypes.TokenIssued, AuditOutcomes.Success, request.Now);
            var issued = TokenIssuer.Describe(template, granted, request.Client, grant.Type);
            var answer = new TokenAnswer(
                issuer.AccessToken(granted, request.Client, issued),
                TokenIssuer.LifetimeOf(granted, request.Client, request.Now),
                ScopeNames.Join(granted.Scopes),
                granted.RefreshToken,
                await issuer.IdTokenAsync(granted, request.Client, request.Now, ct));
            if (await granted.ClaimAsync(new Issuance(issued, granted.RefreshTokenRecord), ct))
            {
                return answer;
            }
        }

        return OAuthError.InvalidGrant("claimed_elsewhere");
    }
}
