using AuthServer.Tests.Support;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.RazorPages.Infrastructure;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Tests.Pages;

/// <summary>A page as it is mapped.</summary>
/// <param name="Pattern">With a leading slash.</param>
/// <param name="Address">One that matches it; what it names is not there.</param>
/// <param name="Forms">The addresses that its forms are sent to.</param>
public sealed record PageRoute(string Pattern, string Address, IReadOnlyList<string> Forms)
{
    /// <summary>All of a server.</summary>
    public static async Task<IReadOnlyList<PageRoute>> AllAsync(TestServer server)
    {
        var loader = server.Services.GetRequiredService<PageLoader>();
        var all = new List<PageRoute>();
        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            if (endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page)
            {
                var handlers = (await loader.LoadAsync(page, endpoint.Metadata)).HandlerMethods;
                var pattern = "/" + endpoint.RoutePattern.RawText!.TrimStart('/');
                var address = "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment =>
                    segment.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "x"));
                all.Add(new PageRoute(pattern, address, [.. handlers.Where(handler => string.Equals(handler.HttpMethod, "POST", StringComparison.OrdinalIgnoreCase)).Select(handler => handler.Name is null ? address : $"{address}?handler={handler.Name}")]));
            }
        }

        return all;
    }
}
