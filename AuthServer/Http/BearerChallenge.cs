using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>How a protected resource of ours refuses (RFC 6750 §3).</summary>
public static class BearerChallenge
{
    /// <summary>No token was presented: the challenge names no error.</summary>
    public static void Ask(HttpContext http)
    {
        OAuthResponse.NoStore(http.Response);
        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate = "Bearer realm=\"AuthServer\"";
    }

    public static Task RefuseAsync(HttpContext http, OAuthError error, string? scope = null)
    {
        var status = error.Code switch
        {
            "invalid_token" => StatusCodes.Status401Unauthorized,
            "insufficient_scope" => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };
        http.Response.Headers.WWWAuthenticate =
            $"Bearer realm=\"AuthServer\", error=\"{error.Code}\", error_description=\"{error.Description}\"" + (scope is null ? "" : $", scope=\"{scope}\"");
        return OAuthResponse.WriteErrorAsync(http, status, error);
    }

    /// <summary>The token of an <c>Authorization: Bearer</c> header; null when there is none, empty when it is malformed.</summary>
    public static string? Read(HttpContext http)
    {
        const string scheme = "Bearer ";
        var header = http.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return null;
        }

        return header.Count == 1 && header[0] is { } value && value.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            ? value[scheme.Length..].Trim()
            : "";
    }
}
