using AuthServer.Applications;
using AuthServer.Delegations;
using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints;

/// <summary>Says what a token says, and whether it is alive (RFC 7662).</summary>
public sealed class TokenIntrospection(
    AccessTokens accessTokens, IRefreshTokens refreshTokens, TokenLimits limits, ApplicationDirectory applications, IssuerUri issuer, TimeProvider clock)
{
    /// <param name="client">Whom the token must concern; null: whoever holds it may look, and learns nothing of any other.</param>
    public async Task<Introspection> FindAsync(Client? client, string token, CancellationToken ct)
    {
        // Ours are JWTs or 43 characters without a dot; the hint would only say what the token already shows.
        if (token.Contains('.', StringComparison.Ordinal))
        {
            return await accessTokens.VerifyAsync(token, ct) is { } claims && (client is null || MaySee(client, claims))
                ? new Introspection.AccessToken(claims, await limits.LeftAsync(claims, ct))
                : Introspection.Inactive;
        }

        var found = await refreshTokens.FindAsync(Handle.ReferenceId(token), ct);
        return found is { Status: TokenStatus.Valid } && found.ExpiresAt > clock.GetUtcNow() && (client is null || found.Rights.ApplicationId == client.Id)
            && (client?.ClientId ?? await applications.ClientIdAsync(found.Rights.ApplicationId, ct)) is { } clientId
                ? new Introspection.RefreshToken(found, clientId, issuer.Value)
                : Introspection.Inactive;
    }

    /// <summary>Whose it is, or who it is for.</summary>
    private static bool MaySee(Client client, JwtClaims claims) =>
        claims.StringEquals("client_id", client.ClientId)
        || (claims.TryGetStrings("aud", out var audience) && audience.Any(client.Audiences.Contains));
}
