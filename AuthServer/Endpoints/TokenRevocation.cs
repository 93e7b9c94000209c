using AuthServer.Applications;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>Ends a token before its time (RFC 7009). One with a family of its own ends the family; one without ends alone, and so does one that came by a
/// delegation: its family is that of who gave it, and not for who received it to end.</summary>
public sealed class TokenRevocation(
    AccessTokens accessTokens, IRefreshTokens refreshTokens, ITokenFamilies families, ApplicationDirectory applications, TimeProvider clock)
{
    /// <param name="client">Whose token it must be; null: whoever holds the token may end it, which harms nobody who does not hold it too.</param>
    /// <returns>Whether there was anything to end.</returns>
    public Task<bool> RevokeAsync(HttpContext http, Client? client, string token, CancellationToken ct) =>
        token.Contains('.', StringComparison.Ordinal) ? RevokeAccessTokenAsync(http, client, token, ct) : RevokeRefreshTokenAsync(http, client, token, ct);

    private async Task<bool> RevokeRefreshTokenAsync(HttpContext http, Client? client, string token, CancellationToken ct)
    {
        var found = await refreshTokens.FindAsync(Handle.ReferenceId(token), ct);
        if (found is null || found.Status == TokenStatus.Revoked || (client is not null && found.Rights.ApplicationId != client.Id))
        {
            return false;
        }

        var revoked = Revoked(http, client, found.Rights.Subject, found.Rights.FamilyId) with
        {
            ClientId = client?.ClientId ?? await applications.ClientIdAsync(found.Rights.ApplicationId, ct),
            AgentId = found.Rights.Actor?.Id,
            OrganizationId = found.Rights.Actor?.OrganizationId,
        };
        return await families.EndAsync(found.Rights, revoked, ct);
    }

    private async Task<bool> RevokeAccessTokenAsync(HttpContext http, Client? client, string token, CancellationToken ct)
    {
        // What is dead already needs no ending, so the verification that every other caller uses serves here too.
        if (await accessTokens.VerifyAsync(token, ct) is not { } claims
            || !claims.TryGetString("client_id", out var clientId) || (client is not null && clientId != client.ClientId)
            || !claims.TryGetString("jti", out var id) || !claims.TryGetString("sub", out var subject))
        {
            return false;
        }

        var owner = client ?? await applications.FindAsync(clientId, ct);
        AuditEvent Event(string target) => Revoked(http, client, subject, target) with
        {
            ClientId = clientId,
            AgentId = AccessTokens.AgentOf(claims),
            OrganizationId = claims.TryGetString(AccessToken.Names.OrganizationId, out var organization) ? organization : null,
        };
        if (!claims.Has(AccessToken.Names.DelegationId) && claims.TryGetString(AccessToken.Names.FamilyId, out var family) && claims.TryGetString(AccessToken.Names.AuthorizationId, out var authorization))
        {
            return await families.EndAsync(Rights(claims, owner?.Id ?? "", subject, family, authorization), Event(family), ct);
        }

        return claims.TryGetNumericDate("exp", out var exp) && await families.EndTokenAsync(id, DateTimeOffset.FromUnixTimeSeconds(exp), Event(id), ct);
    }

    /// <summary>What the token itself says of its family: enough to end it.</summary>
    private static GrantedRights Rights(JwtClaims claims, string applicationId, string subject, string family, string authorization) => new()
    {
        AuthorizationId = authorization,
        FamilyId = family,
        ApplicationId = applicationId,
        Subject = subject,
        Scopes = [],
        SessionId = claims.TryGetString("sid", out var sid) ? sid : "",
        AuthTime = claims.TryGetNumericDate("auth_time", out var authTime) ? DateTimeOffset.FromUnixTimeSeconds(authTime) : default,
    };

    private AuditEvent Revoked(HttpContext http, Client? client, string subject, string target) =>
        http.Event(AuditEventTypes.TokenRevoked, AuditOutcomes.Success, clock.GetUtcNow()) with
        {
            Subject = subject,
            Target = target,
            Reason = client is null ? "holder_request" : "client_request",
        };
}
