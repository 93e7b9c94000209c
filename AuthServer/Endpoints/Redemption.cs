using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>From a token request to its answer, whichever door it came by: authenticate the client, find its grant, redeem, mint, and commit.</summary>
public sealed class Redemption(
    ClientAuthentication authentication,
    PreAuthenticationLimit limit,
    Grants grants,
    ApplicationDirectory applications,
    ResourceCatalog resources,
    ScopeCatalog scopes,
    TokenIssuer issuer,
    AccessTokens accessTokens,
    RefusalTrail refusals,
    IssuerUri self,
    TimeProvider clock)
{
    // Two callers with one code or token: the loser looks again once, and may lose a second time to a third.
    private const int MostAttempts = 3;

    // RFC 8693 §3: what an actor token may call itself.
    private static readonly string[] ActorTokenTypes = ["urn:ietf:params:oauth:token-type:access_token", "urn:ietf:params:oauth:token-type:jwt"];

    /// <param name="form">With a <c>grant_type</c>.</param>
    public async Task<Result<TokenAnswer>> RedeemAsync(HttpContext http, Parameters form, TokenDoor door, CancellationToken ct) =>
        (await authentication.AuthenticateAsync(http, form, ct)).Failed(out var error, out var client) ? error : await RedeemAsync(http, client, form, door, ct);

    /// <param name="client">Who has proven who they are.</param>
    /// <param name="form">With a <c>grant_type</c>.</param>
    public async Task<Result<TokenAnswer>> RedeemAsync(HttpContext http, Client client, Parameters form, TokenDoor door, CancellationToken ct)
    {
        var answer = grants.For(form["grant_type"]!, client).Failed(out var error, out var grant)
            ? error
            : await RedeemAsync(http, grant, await DescribeAsync(http, form, client, door, ct), ct);
        if (!answer.Failed(out error, out _))
        {
            return answer;
        }

        await refusals.AppendAsync(http, client, error, form["grant_type"]!, ct);
        return client.IsPublic ? limit.Refuse(http, error) : error;
    }

    private async Task<TokenRequest> DescribeAsync(HttpContext http, Parameters form, Client client, TokenDoor door, CancellationToken ct) =>
        new(form, client, await resources.AllAsync(ct), (await scopes.KnownAsync(client.Agent?.OrganizationId, ct)).Names, clock.GetUtcNow(), http.Origin())
        {
            FindAgentAsync = applications.FindByAgentAsync,
            Door = door,
            SubjectToken = form["subject_token"] is { } subject ? await SubjectOfAsync(subject, ct) : default,
            ActorTokenSubject = form["actor_token"] is { } token ? await ActorOfAsync(token, form["actor_token_type"], ct) : null,
        };

    private async Task<Result<SubjectToken>> SubjectOfAsync(string token, CancellationToken ct) =>
        await accessTokens.VerifyAsync(token, ct) is { } claims && SubjectTokens.Read(claims) is { } subject
            ? subject
            : DelegatedRights.Refuse($"subject_token_{accessTokens.FaultOf(token) ?? "malformed_claims"}");

    /// <summary>An agent's own token, made for this server: one that it uses elsewhere could be sent here by whoever got it there.</summary>
    private async Task<string?> ActorOfAsync(string token, string? type, CancellationToken ct) =>
        (type is null || ActorTokenTypes.Contains(type))
        && await accessTokens.VerifyAsync(token, ct) is { } claims
        && claims.Contains("aud", self.Value)
        && claims.TryGetString("sub", out var subject)
        && AccessTokens.AgentOf(claims) == subject
            ? subject
            : null;

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
            var chain = await ChainAgents.FindAsync(request, granted, ct) is { } agents ? issuer.Chain(granted, request.Client, issued, agents) : null;
            var answer = new TokenAnswer
            {
                Granted = granted,
                AccessToken = chain?[^1] ?? issuer.AccessToken(granted, request.Client, issued),
                Links = chain is null ? null : [.. chain.SkipLast(1)],
                ExpiresIn = TokenIssuer.LifetimeOf(granted, request.Client, request.Now),
                IdToken = await issuer.IdTokenAsync(granted, request.Client, request.Now, ct),
            };
            // Nobody verifies such a token, whatever it says.
            if ((answer.Links ?? []).Append(answer.AccessToken).Any(token => token.Length > Jws.MaxTokenLength))
            {
                return OAuthError.InvalidScope("The token would be too large: ask for fewer scopes.", "token_too_large");
            }

            if (await granted.ClaimAsync(new Issuance(issued, granted.RefreshTokenRecord), ct))
            {
                return answer;
            }
        }

        return OAuthError.InvalidGrant("claimed_elsewhere");
    }
}
