using AuthServer.Http.DPoP;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace AuthServer.Http;

/// <summary>How a protected resource of ours refuses (RFC 6750 §3, RFC 9449 §7.1).</summary>
public static class TokenChallenge
{
    private const string Bearer = "Bearer realm=\"AuthServer\"";

    private static readonly string s_proof = $"DPoP realm=\"AuthServer\", algs=\"{DPoPProofs.Algorithms}\"";

    /// <summary>No token was presented: the challenge names no error.</summary>
    public static void Ask(HttpContext http)
    {
        OAuthResponse.NoStore(http.Response);
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        Set(http, null);
    }

    public static Task RefuseAsync(HttpContext http, OAuthError error, string? scope = null)
    {
        var status = error.Code switch
        {
            "invalid_token" or "invalid_dpop_proof" or "use_dpop_nonce" => StatusCodes.Status401Unauthorized,
            "insufficient_scope" => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };
        Set(http, error.Code, $", error_description=\"{error.Description}\"" + (scope is null ? "" : $", scope=\"{scope}\""));
        return OAuthResponse.WriteErrorAsync(http, status, error);
    }

    /// <summary>RFC 9449 §7.2: both schemes where both would do, the one that was used where it was the right one.</summary>
    /// <param name="more">What else the challenge says.</param>
    public static void Set(HttpContext http, string? error, string more = "")
    {
        var named = error is null ? more : $", error=\"{error}\"{more}";
        http.Response.Headers.WWWAuthenticate = error is null ? new StringValues([Bearer + named, s_proof + named])
            : TokenHeader.IsByProof(http) ? s_proof + named
            : http.Features.Get<PresentedToken>()?.Error is { Reason: PresentedTokens.BoundAsBearer } ? new StringValues([Bearer + named, s_proof])
            : Bearer + named;
    }
}
