using AuthServer.Http.Api;
using AuthServer.Organizations;
using AuthServer.Vault.Proxy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Tools;

internal static class ToolsApi
{
    public static IServiceCollection AddTools(this IServiceCollection services) =>
        services.AddSingleton<ToolAccounts>().AddSingleton<ConnectionTools>();

    public static void MapTools(this RouteGroupBuilder api)
    {
        var tools = api.MapGroup("/connections/{id}/tools").WithTags("Tools");
        tools.MapGet("", (string id, ActingParty caller, ConnectionTools all, HttpContext http, CancellationToken ct) => all.ListAsync(http, caller, id, ct))
            .Requires(Role.Developer).Requires(ProxyGate.Use).WithName("listTools").WithSummary("What the caller can do by a connection, as far as its accounts' scopes and the policies go.");
        tools.MapPost("/{name}", (string id, string name, Body<ToolCallBody> body, ActingParty caller, ConnectionTools all, HttpContext http, CancellationToken ct) =>
                all.CallAsync(http, caller, id, body.Value.AccountId, name, body.Value.Arguments ?? [], ct))
            .Requires(Role.Developer).Requires(ProxyGate.Use).WithName("callTool").WithSummary("Does it, and answers what the provider answered.");
    }
}
