using AuthServer.Http;
using AuthServer.Protocol;
using AuthServer.Protocol.Grants;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Endpoints;

/// <summary>RFC 6749 §3.2: <c>POST /connect/token</c>.</summary>
public sealed class TokenEndpoint(Redemption redemption, PreAuthenticationLimit limit)
{
    // A key is bound by the proof, not by its name; and what is not here would weaken what the client asked for if it were ignored.
    private static readonly string[] Unsupported = ["dpop_jkt", "request", "request_uri", "authorization_details"];

    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        if ((await RequestForm.ReadOfClientAsync(http.Request, ct)).Failed(out var error, out var form)
            || (error = Check(form)) is not null)
        {
            await OAuthResponse.WriteErrorAsync(http, limit.Refuse(http, error));
            return;
        }

        if ((await redemption.RedeemAsync(http, form, TokenDoor.Standard, ct)).Failed(out error, out var tokens))
        {
            await OAuthResponse.WriteErrorAsync(http, error);
            return;
        }

        await OAuthResponse.WriteAsync(http, StatusCodes.Status200OK, tokens, static (json, tokens) => tokens.WriteTo(json));
    }

    internal static OAuthError? Check(Parameters form)
    {
        if (Unsupported.FirstOrDefault(form.Has) is { } name)
        {
            return OAuthError.InvalidRequest($"The parameter {name} is not supported.");
        }

        return form["grant_type"] is null ? OAuthError.InvalidRequest("grant_type is missing.") : null;
    }
}
