using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.Grants;

/// <summary>RFC 6749 §4.1.3: a code for tokens, once.</summary>
public sealed class AuthorizationCodeGrant(IAuthorizationCodes codes, ITokenFamilies families) : IGrant
{
    public string Type => GrantTypes.AuthorizationCode;

    public async Task<Result<Granted>> RedeemAsync(TokenRequest request, CancellationToken ct)
    {
        if (request.Form["code"] is not { } presented)
        {
            return OAuthError.InvalidRequest("code is missing.");
        }

        var code = await codes.FindAsync(Handle.ReferenceId(presented), ct);
        if (code is null)
        {
            return OAuthError.InvalidGrant("code_unknown");
        }

        // Before anything else: somebody else's client must neither use the code nor end its family.
        if (code.Rights.ApplicationId != request.Client.Id)
        {
            return OAuthError.InvalidGrant("code_of_another_client");
        }

        // Before a replay is seen as one: a code at the wrong door was not redeemed there.
        if (code.ForExchange != (request.Door == TokenDoor.Consents))
        {
            return OAuthError.InvalidGrant("code_at_another_endpoint");
        }

        // RFC 9449 §10: whoever has the code but not its key must neither use it nor end its family.
        if (code.Rights.Sender?.Check(request.ProofKey) is { } unproven)
        {
            return unproven;
        }

        if (code.Status == TokenStatus.Redeemed)
        {
            return await ReplayedAsync(code, request, ct);
        }

        // Its session or authorization ended before anybody used it: dead, but no replay.
        if (code.Status != TokenStatus.Valid)
        {
            return OAuthError.InvalidGrant("code_revoked");
        }

        if (Check(code, request) is { } error)
        {
            return error;
        }

        return (await Narrowing.HeldAsync(request, code.Rights, ct)).Failed(out error, out var scopes)
            || Narrowing.Resources(request, code.Rights.Resources).Failed(out error, out var resources)
                ? error
                : Grant(code, scopes, resources, request);
    }

    private static OAuthError? Check(AuthorizationCode code, TokenRequest request)
    {
        if (code.ExpiresAt <= request.Now)
        {
            return OAuthError.InvalidGrant("code_expired");
        }

        if (code.Rights.AuthorizationExpiresAt <= request.Now)
        {
            return OAuthError.InvalidGrant("consent_expired");
        }

        // RFC 6749 §4.1.3: named at the authorization endpoint, it must be named here, and be the same. An agent that exchanges a consent need not
        // repeat it: the code is bound to it by the agent's secret.
        var named = request.Form.Has("redirect_uri");
        if (code.RedirectUri is { } uri ? (named || !code.ForExchange) && request.Form["redirect_uri"] != uri : named)
        {
            return OAuthError.InvalidGrant("redirect_uri_mismatch");
        }

        return CheckActor(code.Rights.Actor, request) ?? Pkce.CheckVerifier(code.CodeChallenge, request.Form["code_verifier"]);
    }

    /// <summary>The code is bound to the agent that the person saw. An agent that is the client itself has proven it already; any other proves
    /// it by a token of its own (draft-oauth-ai-agents-on-behalf-of-user §5).</summary>
    private static OAuthError? CheckActor(AgentIdentity? actor, TokenRequest request)
    {
        if (!request.Form.Has("actor_token"))
        {
            return actor is null || actor.Id == request.Client.Agent?.Id ? null : OAuthError.InvalidGrant("actor_token_missing");
        }

        return actor is not null && request.ActorToken?.Subject == actor.Id ? null : OAuthError.InvalidGrant("actor_token_of_another_agent");
    }

    private Granted Grant(AuthorizationCode code, IReadOnlyList<string> scopes, IReadOnlyList<string> resources, TokenRequest request)
    {
        var (lifetimes, now) = (request.Client.Lifetimes, request.Now);
        var rights = code.Rights with { Sender = request.SenderOf(null) };
        var family = new TokenFamily
        {
            Id = rights.FamilyId,
            Rights = rights,
            CreatedAt = now,
            ExpiresAt = rights.AuthorizationExpiresAt is { } end && end < now + lifetimes.RefreshAbsolute ? end : now + lifetimes.RefreshAbsolute,
        };

        // OIDC Core §11: a refresh token is for acting while the person is away, which they agreed to as offline_access; in a consent that an agent
        // filed it is implied.
        var (value, record) = (code.ForExchange || rights.Scopes.Contains(ScopeNames.OfflineAccess)) && request.Client.MayUse(GrantTypes.RefreshToken)
            ? RefreshTokens.First(family, lifetimes, Identifiers.Member(rights.FamilyId, now))
            : (null, null);
        return new Granted
        {
            Subject = rights.Subject,
            Agent = rights.Actor,
            Scopes = scopes,
            Resources = resources,
            Rights = rights,
            NotAfter = request.Client.EndOf(family.ExpiresAt),
            KeyIds = request.Client.KeyIds,
            Nonce = code.Nonce,
            RefreshToken = value,
            RefreshTokenRecord = record,
            ClaimAsync = (issuance, claimCt) => codes.TryRedeemAsync(code, family, issuance, claimCt),
        };
    }

    /// <summary>RFC 6749 §4.1.2: a second use ends everything that the first one gave, although the answer is an error.</summary>
    private async Task<Result<Granted>> ReplayedAsync(AuthorizationCode code, TokenRequest request, CancellationToken ct)
    {
        await families.EndAsync(code.Rights, Narrowing.Replayed(code.Rights, "code_replayed", request), ct);
        return OAuthError.InvalidGrant("code_replayed");
    }
}
