using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>RFC 7009: <c>POST /connect/revoke</c>. A token with a family ends the family; one without ends alone.</summary>
public sealed class RevokeEndpoint(
    ClientAuthentication authentication,
    PreAuthenticationLimit limit,
    AccessTokens accessTokens,
    IRefreshTokens refreshTokens,
    ITokenFamilies families,
    RefusalTrail refusals,
    TimeProvider clock)
{
    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if ((await RequestForm.ReadOfClientAsync(http.Request, ct)).Failed(out var error, out var form))
        {
            await OAuthResponse.WriteErrorAsync(http, limit.Refuse(http, error));
            return;
        }

        if ((await authentication.AuthenticateAsync(http, form, ct)).Failed(out error, out var client))
        {
            await OAuthResponse.WriteErrorAsync(http, error);
            return;
        }

        if (form["token"] is not { } token)
        {
            var refused = OAuthError.InvalidRequest("token is missing.");
            await refusals.AppendAsync(http, client, refused, "revocation", ct);
            await OAuthResponse.WriteErrorAsync(http, refused);
            return;
        }

        await RevokeAsync(http, client, token, ct);

        // RFC 7009 §2.2: unknown, foreign and dead tokens are answered alike.
        OAuthResponse.NoStore(http.Response);
        http.Response.StatusCode = StatusCodes.Status200OK;
    }

    private Task RevokeAsync(HttpContext http, Client client, string token, CancellationToken ct) =>
        token.Contains('.', StringComparison.Ordinal) ? RevokeAccessTokenAsync(http, client, token, ct) : RevokeRefreshTokenAsync(http, client, token, ct);

    private async Task RevokeRefreshTokenAsync(HttpContext http, Client client, string token, CancellationToken ct)
    {
        var found = await refreshTokens.FindAsync(Handle.ReferenceId(token), ct);
        if (found is not null && found.Rights.ApplicationId == client.Id && found.Status != TokenStatus.Revoked)
        {
            await families.EndAsync(found.Rights, Revoked(http, client, found.Rights.Subject, found.Rights.FamilyId), ct);
        }
    }

    private async Task RevokeAccessTokenAsync(HttpContext http, Client client, string token, CancellationToken ct)
    {
        // What is dead already needs no ending, so the verification that every other caller uses serves here too.
        if (await accessTokens.VerifyAsync(token, ct) is not { } claims || !claims.StringEquals("client_id", client.ClientId)
            || !claims.TryGetString("jti", out var id) || !claims.TryGetString("sub", out var subject))
        {
            return;
        }

        if (claims.TryGetString(AccessToken.Names.FamilyId, out var family) && claims.TryGetString(AccessToken.Names.AuthorizationId, out var authorization))
        {
            await families.EndAsync(Rights(claims, client, subject, family, authorization), Revoked(http, client, subject, family), ct);
        }
        else if (claims.TryGetNumericDate("exp", out var exp))
        {
            await families.EndTokenAsync(id, DateTimeOffset.FromUnixTimeSeconds(exp), Revoked(http, client, subject, id), ct);
        }
    }

    /// <summary>What the token itself says of its family: enough to end it.</summary>
    private static GrantedRights Rights(JwtClaims claims, Client client, string subject, string family, string authorization) => new()
    {
        AuthorizationId = authorization,
        FamilyId = family,
        ApplicationId = client.Id,
        Subject = subject,
        Scopes = [],
        SessionId = claims.TryGetString("sid", out var sid) ? sid : "",
        AuthTime = claims.TryGetNumericDate("auth_time", out var authTime) ? DateTimeOffset.FromUnixTimeSeconds(authTime) : default,
    };

    private AuditEvent Revoked(HttpContext http, Client client, string subject, string target) =>
        http.Event(AuditEventTypes.TokenRevoked, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = subject,
            ClientId = client.ClientId,
            Target = target,
            Reason = "client_request",
        };
}
