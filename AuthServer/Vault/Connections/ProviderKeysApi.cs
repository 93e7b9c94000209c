using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace AuthServer.Vault.Connections;

/// <summary><c>/credentials</c>: keys of providers by their names.</summary>
internal static class ProviderKeysApi
{
    public static void MapProviderKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapApi("/credentials").WithTags("Provider credentials");
        keys.MapGet("", (Developer developer, ProviderKeys all, CancellationToken ct) => all.ReadAsync(developer, ct))
            .WithName("getProviderCredentials").WithSummary("Which keys of providers the organization keeps here, and their last four characters.");
        keys.MapPut("", (Body<ProviderKeyChange> body, Developer developer, ProviderKeys all, HttpContext http, CancellationToken ct) =>
                all.ChangeAsync(http, developer, body.Value, ct))
            .Requires(Role.Admin).WithName("updateProviderCredentials").WithSummary("Sets keys of providers; null deletes one, and what is left out stays.");
        keys.MapPost("/check", (Body<ProviderKeyCheck> body, Developer developer, ProviderKeys all, HttpContext http, CancellationToken ct) =>
                all.CheckAsync(http, developer, body.Value, ct))
            .WithName("checkProviderCredentials").WithSummary("Asks a provider about a key by a real call: accepted, limited, refused or cannot tell.");
    }
}
