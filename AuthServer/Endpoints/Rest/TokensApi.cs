using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Endpoints.Rest;

/// <summary><c>/api/v1/tokens</c>.</summary>
internal static class TokensApi
{
    public static void MapTokens(this RouteGroupBuilder api)
    {
        var tokens = api.MapGroup("/tokens").WithTags("Tokens");
        tokens.MapPost("/exchange", (Body<ExchangeBody> body, AgentTokens agents, HttpContext http, CancellationToken ct) => agents.ExchangeAsync(http, body.Value, ct))
            .WithName("exchangeCode")
            .WithSummary("Exchange the code of an approved consent for tokens, with the agent's secret or key.");
        tokens.MapPost("/refresh", (Body<RefreshBody> body, AgentTokens agents, HttpContext http, CancellationToken ct) => agents.RefreshAsync(http, body.Value, ct))
            .WithName("refreshTokens")
            .WithSummary("Exchange a refresh token for new tokens; each can be used once.");
        tokens.MapPost("/revoke", (Body<RevokeBody> body, AgentTokens agents, HttpContext http, CancellationToken ct) => agents.RevokeAsync(http, body.Value, ct))
            .WithName("revokeToken")
            .WithSummary("End a token, and with it all tokens of the same family.");
        tokens.MapPost("/verify", (Verifier verifier, Body<VerifyBody> body, TokenVerification verification, HttpContext http, CancellationToken ct) =>
                verification.VerifyAsync(http, verifier, body.Value, ct))
            .WithName("verifyToken")
            .WithSummary("Whether a token may be used for what is about to be done: revocation, scopes and policies in one answer.");
    }
}
