using AuthServer.Http;
using AuthServer.Jose;
using AuthServer.Keys;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Accounts;

/// <summary>Tokens by which people call this server's own REST API: 15 minutes, and dead as soon as everything of the person is ended.</summary>
public sealed class LoginTokens(SigningKeys keys, IssuerUri issuer)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <param name="signedIn">The sign-in's event, whose id becomes the token's <c>jti</c>.</param>
    /// <param name="organizationId">Null: for the person's own matters only.</param>
    public (string Token, DateTimeOffset ExpiresAt) Create(AuditEvent signedIn, string userId, string? organizationId, string acr)
    {
        var token = new AccessToken
        {
            Issuer = issuer.Value,
            Id = signedIn.Id,
            Subject = userId,
            ClientId = OwnScopes.ClientId,
            Audience = [issuer.Value],
            Scopes = organizationId is null ? [OwnScopes.Account] : OwnScopes.All,
            IssuedAt = signedIn.At,
            ExpiresAt = signedIn.At + Lifetime,
            AuthTime = signedIn.At,
            Acr = acr,
            OrganizationId = organizationId,
        };
        var payload = OAuthResponse.Serialize(token, static (json, token) => token.WriteTo(json));
        return (Jws.Sign(keys.Current(JwsAlgorithm.ES256), AccessToken.MediaType, payload.Span), token.ExpiresAt);
    }
}
