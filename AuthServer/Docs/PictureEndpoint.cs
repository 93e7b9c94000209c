using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Docs;

/// <summary><c>GET /docs/pictures/{file}</c>: a drawing, whose own style sheet is all that it may use.</summary>
internal static partial class PictureEndpoint
{
    public const string Path = "/docs/pictures/{file}";

    public static Task HandleAsync(HttpContext http)
    {
        if (DocumentFiles.Read("pictures/" + http.Request.RouteValues["file"]) is not { } picture)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var style = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style().Match(picture).Groups[1].Value)));
        http.Response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
        http.Response.Headers.CacheControl = "public, max-age=3600";
        http.Response.ContentType = "image/svg+xml";
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(picture);
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync(picture, http.RequestAborted);
    }

    [GeneratedRegex("<style>(.*?)</style>", RegexOptions.Singleline)]
    private static partial Regex Style();
}
