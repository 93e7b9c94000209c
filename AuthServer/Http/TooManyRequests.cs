using System.Globalization;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>The answer to a caller beyond its limit (RFC 6585 §4).</summary>
public static class TooManyRequests
{
    public const string Code = "too_many_requests";

    public static OAuthError Answer(HttpContext http, TimeSpan retryAfter)
    {
        SetRetryAfter(http.Response, retryAfter);
        return new OAuthError(Code, "Too many failed requests from this address. Try again later.", "rate_limited");
    }

    public static void SetRetryAfter(HttpResponse response, TimeSpan retryAfter) =>
        response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
