using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>The credential of an <c>Authorization</c> header: <c>Bearer</c> (RFC 6750 §2.1) or <c>DPoP</c> (RFC 9449 §7.1).</summary>
public static class TokenHeader
{
    private const string Bearer = "Bearer ";
    private const string DPoP = DPoPProof.Scheme + " ";

    /// <summary>A bearer credential, or an access token that comes with a proof; null when there is none, empty when it is malformed.</summary>
    public static string? Read(HttpContext http) =>
        IsByProof(http) && http.Request.Headers.Authorization[0]![DPoP.Length..].Trim() is var token
            // Keys are no tokens: nothing can be proven of them.
            ? token.Contains('.', StringComparison.Ordinal) ? token : ""
            : ReadBearer(http);

    /// <summary>The same where only bearer credentials are known.</summary>
    public static string? ReadBearer(HttpContext http)
    {
        var header = http.Request.Headers.Authorization;
        return header.Count == 0 ? null
            : header is [{ } value] && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? value[Bearer.Length..].Trim()
            : "";
    }

    public static bool IsByProof(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } value] && value.StartsWith(DPoP, StringComparison.OrdinalIgnoreCase);
}
