using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>From a token request to its answer, whichever door it came by: authenticate the client, find its grant, see what it
/// proves to hold, redeem, mint, and commit.</summary>
public sealed class Redemption(
    ClientAuthentication authentication,
    PreAuthenticationLimit limit,
    PartyPace pace,
    Grants grants,
    ApplicationDirectory applications,
    ResourceCatalog resources,
    ScopeCatalog scopes,
    TokenIssuer issuer,
    AccessTokens accessTokens,
    DPoPProofs proofs,
    IReplayGuard replays,
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
        (await (form["grant_type"] == GrantTypes.JwtBearer ? authentication.AuthenticateByGrantAsync(http, form, ct) : authentication.AuthenticateAsync(http, form, ct)))
            .Failed(out var error, out var client) ? error : await RedeemAsync(http, client, form, door, ct);

    /// <param name="client">Who has proven who they are.</param>
    /// <param name="form">With a <c>grant_type</c>.</param>
    public async Task<Result<TokenAnswer>> RedeemAsync(HttpContext http, Client client, Parameters form, TokenDoor door, CancellationToken ct) =>
        ReadProof(http, client, out var proof) is { } unproven
            ? await RefuseAsync(http, client, form, unproven, ct)
            : await RedeemAsync(http, client, form, door, proof, ct);

    /// <param name="proof">What the request proves to hold, for whoever had to read it before.</param>
    public async Task<Result<TokenAnswer>> RedeemAsync(HttpContext http, Client client, Parameters form, TokenDoor door, DPoPProof? proof, CancellationToken ct)
    {
        // Nobody answers for what such an agent and its children do: together they are held to what one key may call.
        if (client is { IsUnclaimed: true, Agent: { } nobodys } && pace.Count(http, "unclaimed_pace", nobodys.OrganizationId) is { } tooMany)
        {
            return tooMany;
        }

        var answer = grants.For(form["grant_type"]!, client).Failed(out var error, out var grant)
            || (await DescribeAsync(http, form, client, door, proof, ct)).Failed(out error, out var request)
                ? error
                : await RedeemAsync(http, grant, request, proof?.Use(proofs.Lifetime), ct);
        return answer.Failed(out error, out _) ? await RefuseAsync(http, client, form, error, ct) : answer;
    }

    /// <summary>The same error, told to the trail; where a stranger may guess, it counts against them.</summary>
    private async Task<OAuthError> RefuseAsync(HttpContext http, Client client, Parameters form, OAuthError error, CancellationToken ct)
    {
        if (error.IsNonceAsked)
        {
            return error;
        }

        await refusals.AppendAsync(http, client, error, form["grant_type"]!, ct);
        return client.IsPublic ? limit.Refuse(http, error) : error;
    }

    /// <summary>RFC 9449 §5: a proof binds what is issued to its key. §5.2: a client that said it would always send one gets nothing without.</summary>
    /// <param name="client">Null: there is none yet.</param>
    /// <returns>What is wrong with it; null: nothing, or there is none.</returns>
    public OAuthError? ReadProof(HttpContext http, Client? client, out DPoPProof? proof)
    {
        proof = null;
        if (!DPoPProofs.IsPresent(http) && client is not { RequiresDPoP: true })
        {
            return null;
        }

        return proofs.ReadAtTokenEndpoint(http).Failed(out var error, out proof) ? error : null;
    }

    private async Task<Result<TokenRequest>> DescribeAsync(HttpContext http, Parameters form, Client client, TokenDoor door, DPoPProof? proof, CancellationToken ct)
    {
        var subject = form["subject_token"] is { } subjectToken ? await accessTokens.VerifyAsync(subjectToken, ct) : null;
        var actor = form["actor_token"] is { } actorToken ? await accessTokens.VerifyAsync(actorToken, ct) : null;

        // There is one proof, so an actor token is bound to the key that the new token will be bound to.
        if (IsUnproven(actor, proof))
        {
            return DelegatedRights.Refuse("actor_token_not_proven");
        }

        return new TokenRequest(
            form, client, await resources.AllAsync(ct), (await scopes.KnownAsync(client.Agent?.OrganizationId, ct)).Names, clock.GetUtcNow(), http.Origin())
        {
            FindAgentAsync = applications.FindByAgentAsync,
            Issuer = self.Value,
            Door = door,
            ProofKey = proof?.KeyThumbprint,
            SubjectToken = SubjectOf(form["subject_token"], subject),
            ActorToken = actor is null ? null : ActorOf(actor, form["actor_token_type"]),
        };
    }

    private static bool IsUnproven(JwtClaims? claims, DPoPProof? proof) =>
        claims is not null && PresentedTokens.KeyOf(claims) is { } key && key != proof?.KeyThumbprint;

    private Result<SubjectToken> SubjectOf(string? token, JwtClaims? claims) =>
        token is null ? default(Result<SubjectToken>)
        : claims is not null && SubjectTokens.Read(claims) is { } subject ? subject
        : DelegatedRights.Refuse($"subject_token_{accessTokens.FaultOf(token) ?? "malformed_claims"}");

    /// <summary>An agent's own token, made for this server: one that it uses elsewhere could be sent here by whoever got it there.</summary>
    private ActorToken? ActorOf(JwtClaims claims, string? type) =>
        (type is null || ActorTokenTypes.Contains(type))
        && claims.Contains("aud", self.Value)
        && claims.TryGetString("sub", out var subject)
        && AccessTokens.AgentOf(claims) == subject
        && claims.Time("exp") is { } expires
            ? new ActorToken(subject, ScopeNames.Parse(claims.Text("scope") ?? "") ?? [], AccessTokens.KeysOf(claims), expires)
            : null;

    /// <summary>Find and check, mint, then claim and store in one commit. Who loses the claim asks the grant again.</summary>
    private async Task<Result<TokenAnswer>> RedeemAsync(HttpContext http, IGrant grant, TokenRequest request, SingleUse? proof, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if ((await grant.RedeemAsync(request, ct)).Failed(out var error, out var granted)
                || (await LaterActor.NameAsync(request, granted, ct)).Failed(out error, out granted))
            {
                return error;
            }

            var template = http.Event(AuditEventTypes.TokenIssued, AuditOutcomes.Success, request.Now);
            var issued = TokenIssuer.Describe(template, granted, request, grant.Type);
            var agents = await ChainAgents.FindAsync(request, granted, ct);
            var chain = agents is null ? null : issuer.Chain(granted, request, issued, agents);
            var answer = new TokenAnswer
            {
                Granted = granted,
                AccessToken = chain?[^1] ?? issuer.AccessToken(granted, request, issued),
                Links = chain is null ? null : [.. chain.SkipLast(1)],
                IsBound = chain is not null || request.ProofKey is not null,
                ExpiresIn = TokenIssuer.LifetimeOf(granted, request.Client, request.Now),
                IdToken = await issuer.IdTokenAsync(granted, request.Client, request.Now, ct),
            };
            // Nobody verifies such a token, whatever it says.
            if ((answer.Links ?? []).Append(answer.AccessToken).Any(token => token.Length > Jws.MaxTokenLength))
            {
                return OAuthError.InvalidScope("The token would be too large: ask for fewer scopes.", "token_too_large");
            }

            if (await granted.ClaimAsync(new Issuance(issued, granted.RefreshTokenRecord, proof), ct))
            {
                return answer;
            }

            if (proof is not null && await replays.IsKnownAsync(proof.Handle, ct))
            {
                return OAuthError.InvalidDPoPProof("dpop_proof_replayed");
            }
        }

        return OAuthError.InvalidGrant("claimed_elsewhere");
    }
}
