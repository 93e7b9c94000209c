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
    AccessTokens accessTokens, IRefreshTokens refreshTokens, TokenLimits limits, Usernames usernames, ApplicationDirectory applications, IssuerUri issuer, TimeProvider clock)
{
    /// <param name="client">Whom the token must concern; null: whoever holds it may look, and learns nothing of any other.</param>
    public async Task<Introspection> FindAsync(Client? client, string token, CancellationToken ct)
    {
        // Ours are JWTs or 43 characters without a dot; the hint would only say what the token already shows.
        if (token.Contains('.', StringComparison.Ordinal))
        {
            return await accessTokens.VerifyAsync(token, ct) is { } claims && (client is null || MaySee(client, claims))
                ? new Introspection.AccessToken(claims, await UsernameAsync(client, claims, ct), await limits.LeftAsync(claims, ct))
                : Introspection.Inactive;
        }

        var found = await refreshTokens.FindAsync(Handle.ReferenceId(token), ct);
        if (found is not { Status: TokenStatus.Valid } || found.ExpiresAt <= clock.GetUtcNow() || (client is not null && found.Rights.ApplicationId != client.Id)
            || (client?.ClientId ?? await applications.ClientIdAsync(found.Rights.ApplicationId, ct)) is not { } clientId)
        {
            return Introspection.Inactive;
        }

        var username = await usernames.FindAsync(client, found.Rights.Subject, clientId, found.Rights.Actor?.Id, found.Rights.Scopes, ct);
        return new Introspection.RefreshToken(found, clientId, username, issuer.Value);
    }

    private async ValueTask<string?> UsernameAsync(Client? client, JwtClaims claims, CancellationToken ct) =>
        claims.Text("sub") is { } subject && claims.Text("client_id") is { } clientId
            ? await usernames.FindAsync(client, subject, clientId, AccessTokens.AgentOf(claims), ScopeNames.Parse(claims.Text("scope") ?? "") ?? [], ct)
            : null;

    /// <summary>Whose it is, or who it is for.</summary>
    private static bool MaySee(Client client, JwtClaims claims) =>
        claims.StringEquals("client_id", client.ClientId)
        || (claims.TryGetStrings("aud", out var audience) && audience.Any(client.Audiences.Contains));
}
