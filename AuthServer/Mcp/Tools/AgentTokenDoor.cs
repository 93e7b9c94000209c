using AuthServer.Endpoints;
using AuthServer.Endpoints.Rest;
using AuthServer.Http.Api;
using AuthServer.Protocol;
using AuthServer.Scopes;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Mcp.Tools;

/// <summary>The agents' door to tokens, as tools use it: what they get is for this server's API and for its tools.</summary>
internal sealed class AgentTokenDoor(AgentTokenEndpoint endpoint, OwnResources own, TimeProvider clock)
{
    public Task<Answer<TokenResult>> AuthenticateAsync(HttpContext http, string apiKey, IReadOnlyList<string>? scopes, CancellationToken ct) => AskAsync(
        http,
        [
            ("grant_type", GrantTypes.ClientCredentials), ("client_secret", apiKey), ("scope", scopes is null ? null : string.Join(' ', scopes)),
            (Parameters.Repeatable, own.Api.Uri), (Parameters.Repeatable, own.Mcp.Uri),
        ],
        ct);

    public Task<Answer<TokenResult>> RefreshAsync(HttpContext http, string refreshToken, CancellationToken ct) =>
        AskAsync(http, [("grant_type", GrantTypes.RefreshToken), ("refresh_token", refreshToken)], ct);

    private async Task<Answer<TokenResult>> AskAsync(HttpContext http, (string Name, string? Value)[] form, CancellationToken ct)
    {
        if ((await endpoint.RedeemAsync(http, Parameters.Of(form), ct)).Failed(out var error, out var answer))
        {
            return RestErrors.Of(error);
        }

        var now = clock.GetUtcNow();
        return new TokenResult
        {
            AccessToken = answer.AccessToken,
            RefreshToken = answer.Granted.RefreshToken,
            TokenType = answer.TokenType,
            ExpiresIn = (long)answer.ExpiresIn.TotalSeconds,
            IssuedAt = now,
            ExpiresAt = now + answer.ExpiresIn,
            RefreshBefore = answer.RefreshBefore(now),
            Scopes = answer.Granted.Scopes,
        };
    }
}
