using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Docs;

public static class DocsRegistration
{
    public static IServiceCollection AddDocs(this IServiceCollection services) => services.AddSingleton<DocumentLibrary>();

    /// <summary>The pages are Razor's.</summary>
    public static void MapDocs(this IEndpointRouteBuilder routes) => routes.MapMethods(PictureEndpoint.Path, [HttpMethods.Get, HttpMethods.Head], PictureEndpoint.HandleAsync);
}
