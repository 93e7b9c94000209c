using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Branding;

/// <summary><c>/api/v1/organizations/{organizationId}/branding</c>, and the files that browsers get.</summary>
internal static class BrandingApi
{
    public static IServiceCollection AddBranding(this IServiceCollection services) => services
        .AddSingleton<Brands>()
        .AddSingleton<ShownBrands>()
        .AddSingleton<BrandFiles>();

    public static void MapBrandFiles(this IEndpointRouteBuilder routes) => BrandFiles.Map(routes);

    public static void MapBranding(this RouteGroupBuilder api)
    {
        var brand = api.MapGroup("/organizations/{" + Callers.OrganizationRoute + "}/branding").WithTags("Branding");
        brand.MapGet("", (Developer developer, Brands brands, CancellationToken ct) => brands.FindAsync(developer, ct))
            .WithName("getBranding").WithSummary("How the organization shows itself to people, with its version as ETag.");
        brand.MapPut("", (Body<BrandChange> body, Developer developer, IfMatch match, Brands brands, HttpContext http, CancellationToken ct) =>
                brands.ChangeAsync(http, developer, body.Value, match, ct))
            .Requires(Role.Admin).WithName("changeBranding").WithSummary("Set the name as shown, the colour and the texts. What is left out is taken back; the logo stays.");
        brand.MapDelete("", (Developer developer, IfMatch match, Brands brands, HttpContext http, CancellationToken ct) => brands.ResetAsync(http, developer, match, ct))
            .Requires(Role.Admin).WithName("resetBranding").WithSummary("Take all of it back, the logo included.");
        brand.MapPut("/logo", async (SentLogo sent, Developer developer, IfMatch match, Brands brands, HttpContext http, CancellationToken ct) =>
                (await sent.ReadAsync(ct)).Failed(out var problem, out var file) ? problem : await brands.ChangeLogoAsync(http, developer, file, match, ct))
            .Requires(Role.Admin).WithName("changeLogo").WithSummary("Set the logo: PNG, JPEG or WebP, at most 256 KiB, 32 to 1024 pixels on each side, at most four times as long as high or the other way round.");
        brand.MapDelete("/logo", (Developer developer, IfMatch match, Brands brands, HttpContext http, CancellationToken ct) => brands.RemoveLogoAsync(http, developer, match, ct))
            .Requires(Role.Admin).WithName("removeLogo").WithSummary("Remove the logo. Its address is gone.");
    }
}
