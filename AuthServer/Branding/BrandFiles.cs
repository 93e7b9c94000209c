using System.Text;
using AuthServer.Branding.Pictures;
using AuthServer.Data;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Branding;

/// <summary>Logos and colours for browsers. An address names its content, so that what it leads to never changes; what was replaced is gone.</summary>
public sealed class BrandFiles(IDbContextFactory<AuthDbContext> contexts)
{
    internal const string Folder = "/branding";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        string[] methods = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods(AccentStylesheet.Folder + "/{file}", methods, (HttpContext http, string file) =>
            SendAsync(http, AccentStylesheet.Find(file) is { } text ? Encoding.ASCII.GetBytes(text) : null, "text/css; charset=utf-8")).ExcludeFromDescription();
        routes.MapMethods(Folder + "/{organizationId}/{file}", methods, (HttpContext http, string organizationId, string file, BrandFiles files) =>
            files.SendLogoAsync(http, organizationId, file)).ExcludeFromDescription();
    }

    private async Task SendLogoAsync(HttpContext http, string organizationId, string file)
    {
        var hash = Path.GetFileNameWithoutExtension(file);
        await using var context = await contexts.CreateDbContextAsync(http.RequestAborted);
        var logo = await context.BrandLogos.AsNoTracking().FirstOrDefaultAsync(row => row.OrganizationId == organizationId && row.Hash == hash, http.RequestAborted);
        var found = logo is not null && file == logo.Hash + Picture.EndingOf(logo.Kind);
        await SendAsync(http, found ? logo!.Content : null, found ? Picture.MediaTypeOf(logo!.Kind) : "");
    }

    private static async Task SendAsync(HttpContext http, byte[]? content, string mediaType)
    {
        var (headers, response) = (http.Response.Headers, http.Response);

        // Whoever opens it by itself gets a picture and nothing else, whatever its sender hid in it.
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Referrer-Policy"] = "no-referrer";
        if (content is null)
        {
            headers.CacheControl = "no-store";
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.ContentDisposition = "inline";
        (response.ContentType, response.ContentLength) = (mediaType, content.Length);
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(content, http.RequestAborted);
        }
    }
}
