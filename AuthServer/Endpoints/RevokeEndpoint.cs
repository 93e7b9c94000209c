using AuthServer.Http;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>RFC 7009: <c>POST /connect/revoke</c>. Whatever the token was, the answer is the same.</summary>
public sealed class RevokeEndpoint(
    ClientAuthentication authentication,
    PreAuthenticationLimit limit,
    TokenRevocation revocation,
    RefusalTrail refusals)
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

        await revocation.RevokeAsync(http, client, token, ct);

        // RFC 7009 §2.2: unknown, foreign and dead tokens are answered alike.
        OAuthResponse.NoStore(http.Response);
        http.Response.StatusCode = StatusCodes.Status200OK;
    }
}
