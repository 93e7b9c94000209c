using AuthServer.Agents.Credentials;
using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Clients;
using AuthServer.Protocol.Grants;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>The agents' own door to the same grants: <c>POST /api/v1/auth/token</c>. An API key gives a refresh token, and such a refresh token is proof
/// enough of itself, as a public client's is: it is good once, and a second use ends its family.</summary>
public sealed class AgentTokenEndpoint(Redemption redemption, IRefreshTokens refreshTokens, ApiKeys keys, PreAuthenticationLimit limit, TimeProvider clock)
{
    private static readonly string[] Credentials = ["client_id", "client_secret", "client_assertion"];

    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if ((await RequestForm.ReadOfClientAsync(http.Request, ct)).Failed(out var error, out var form) || (error = TokenEndpoint.Check(form)) is not null)
        {
            await OAuthResponse.WriteErrorAsync(http, limit.Refuse(http, error));
            return;
        }

        if ((await RedeemAsync(http, form, ct)).Failed(out error, out var tokens))
        {
            await OAuthResponse.WriteErrorAsync(http, error);
            return;
        }

        await OAuthResponse.WriteAsync(http, StatusCodes.Status200OK, (tokens, clock.GetUtcNow()), static (json, answer) => answer.tokens.WriteTo(json, answer.Item2));
    }

    /// <param name="form">With a <c>grant_type</c>.</param>
    public async Task<Result<TokenAnswer>> RedeemAsync(HttpContext http, Parameters form, CancellationToken ct)
    {
        if (form["grant_type"] != GrantTypes.RefreshToken || form["refresh_token"] is not { } presented
            || Credentials.Any(form.Has) || http.Request.Headers.Authorization.Count > 0)
        {
            return await redemption.RedeemAsync(http, form, TokenDoor.Agents, ct);
        }

        if (limit.WaitFor(http) is { } tooMany)
        {
            return tooMany;
        }

        return await ClientAsync(presented, ct) is { } client
            ? await redemption.RedeemAsync(http, client, form, TokenDoor.Agents, ct)
            : limit.Refuse(http, OAuthError.InvalidGrant("refresh_token_unknown"));
    }

    /// <summary>The agent whose key the token's family hangs on.</summary>
    private async Task<Client?> ClientAsync(string refreshToken, CancellationToken ct) =>
        await refreshTokens.FindAsync(Handle.ReferenceId(refreshToken), ct) is { Rights.AuthorizationId: var id } && id.StartsWith(ApiKey.IdPrefix, StringComparison.Ordinal)
            ? await keys.FindByIdAsync(id, ct)
            : null;
}
