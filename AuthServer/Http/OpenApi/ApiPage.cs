using System.IO.Compression;
using System.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Swashbuckle.AspNetCore.SwaggerUI;

namespace AuthServer.Http.OpenApi;

/// <summary><c>GET /docs/api</c>: the API to read and to try, by Swagger UI's own files out of its package. The package's page needs inline scripts, which
/// our policy forbids, so the page and the few lines that start it are ours.</summary>
internal sealed class ApiPage(IWebHostEnvironment environment)
{
    public const string Path = "/docs/api";
    public const string AssetPath = "/docs/api/{file}";

    private const string Folder = "Swashbuckle.AspNetCore.SwaggerUI.node_modules.swagger_ui_dist.";

    private static readonly Assembly Package = typeof(SwaggerUIOptions).Assembly;

    private static readonly Dictionary<string, string> Types = new()
    {
        ["swagger-ui.css"] = "text/css",
        ["swagger-ui-bundle.js"] = "text/javascript",
    };

    public Task HandleAsync(HttpContext http)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.SendFileAsync(environment.WebRootFileProvider.GetFileInfo("api-page.html"), http.RequestAborted);
    }

    public static async Task HandleAssetAsync(HttpContext http)
    {
        var file = http.Request.RouteValues["file"] as string ?? "";
        if (!Types.TryGetValue(file, out var type) || Package.GetManifestResourceStream(Folder + file) is not { } compressed)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await using (compressed)
        {
            http.Response.ContentType = type;
            http.Response.Headers.CacheControl = "public, max-age=3600";
            http.Response.Headers.Vary = "Accept-Encoding";

            // They are compressed in the package.
            if (http.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
            {
                http.Response.Headers.ContentEncoding = "gzip";
                http.Response.ContentLength = compressed.Length;
                await compressed.CopyToAsync(http.Response.Body, http.RequestAborted);
                return;
            }

            await using var plain = new GZipStream(compressed, CompressionMode.Decompress);
            await plain.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
    }
}
