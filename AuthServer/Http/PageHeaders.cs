using AuthServer.Protocol.Authorize;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>The headers that pages carry: nothing may be framed or referred, and nothing inline runs.</summary>
public static class PageHeaders
{
    private const string Policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

    public static IApplicationBuilder UsePageHeaders(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var headers = http.Response.Headers;
        headers["Referrer-Policy"] = "no-referrer";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = Policy;
        return next(http);
    });

    /// <summary>Lets this page's form lead, through our redirects, to the request's own redirect target: Chromium checks the whole chain.</summary>
    public static void AllowFormTarget(HttpContext http, string redirectUri) =>
        http.Response.Headers.ContentSecurityPolicy = $"{Policy} {SourceOf(redirectUri)}";

    /// <summary>CSP cannot write an IPv6 address (CSP 3 §2.3.1), so of those the scheme must do.</summary>
    private static string SourceOf(string redirectUri) =>
        redirectUri.StartsWith("http://[", StringComparison.Ordinal) ? "http:" : RememberedAuthorization.HostOf(redirectUri);
}
