using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints.Rest;

/// <summary>Agents' tokens by JSON: other words for what the token and revocation endpoints do, over the same code.</summary>
public sealed class AgentTokens(Redemption redemption, TokenRevocation revocation, PreAuthenticationLimit limit, TimeProvider clock)
{
    private static readonly string[] Missing = ["This is missing."];

    public Task<Answer<TokensBody>> ExchangeAsync(HttpContext http, ExchangeBody body, CancellationToken ct) => RedeemAsync(
        http,
        Parameters.Of(
            [("grant_type", GrantTypes.AuthorizationCode), ("code", body.Code), ("code_verifier", body.CodeVerifier), ("redirect_uri", body.RedirectUri), .. body.Proof]),
        [("code", body.Code), ("clientId", body.ClientId), body.ClientAssertion is null ? ("clientSecret", body.ClientSecret) : AssertionType(body)],
        TokenDoor.Consents,
        ct);

    public Task<Answer<TokensBody>> RefreshAsync(HttpContext http, RefreshBody body, CancellationToken ct) => RedeemAsync(
        http,
        Parameters.Of(
            [("grant_type", GrantTypes.RefreshToken), ("refresh_token", body.RefreshToken), ("scope", body.Scopes is null ? null : ScopeNames.Join(body.Scopes)), .. body.Proof]),
        [("refreshToken", body.RefreshToken), ("clientId", body.ClientId), .. body.ClientAssertion is null ? [] : new[] { AssertionType(body) }],
        TokenDoor.Standard,
        ct);

    /// <summary>Whoever holds a token may end it, and all that came from the same consent.</summary>
    public async Task<Answer<RevokedBody>> RevokeAsync(HttpContext http, RevokeBody body, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(body.Token))
        {
            return Problem.Invalid("token", "Give the token to revoke.");
        }

        if (limit.WaitFor(http) is { } tooMany)
        {
            return Problem.TooMany(tooMany.Description);
        }

        if (!await revocation.RevokeAsync(http, null, body.Token, ct))
        {
            limit.Refuse(http, OAuthError.InvalidGrant("nothing_to_revoke"));
        }

        return new RevokedBody(true);
    }

    private static (string Field, string? Value) AssertionType(AgentProof body) => ("clientAssertionType", body.ClientAssertionType);

    private async Task<Answer<TokensBody>> RedeemAsync(
        HttpContext http, Parameters form, (string Field, string? Value)[] required, TokenDoor door, CancellationToken ct)
    {
        var missing = required.Where(field => string.IsNullOrEmpty(field.Value)).ToDictionary(field => field.Field, _ => Missing);
        if (missing.Count > 0)
        {
            return Problem.Invalid(missing);
        }

        if ((await redemption.RedeemAsync(http, form, door, ct)).Failed(out var error, out var tokens))
        {
            return RestErrors.Of(error);
        }

        var granted = tokens.Granted;
        return new TokensBody
        {
            AccessToken = tokens.AccessToken,
            RefreshToken = granted.RefreshToken,
            TokenType = tokens.TokenType,
            ExpiresIn = (long)tokens.ExpiresIn.TotalSeconds,
            ExpiresAt = clock.GetUtcNow() + tokens.ExpiresIn,
            GrantedScopes = granted.Scopes,
            UserId = granted.Rights?.Subject,
            AgentId = granted.Agent?.Id,
        };
    }
}
