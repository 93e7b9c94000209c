using AuthServer.Http.Api;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Proxy;

internal static class ProxyApi
{
    // What a browser asks before it calls another site (a preflight) is answered by this server before it comes here, and brings no credential.
    private static readonly (string Name, string[] Methods)[] Verbs =
    [
        ("Get", [HttpMethods.Get, HttpMethods.Head]), ("Post", [HttpMethods.Post]), ("Put", [HttpMethods.Put]), ("Patch", [HttpMethods.Patch]), ("Delete", [HttpMethods.Delete]), ("Options", [HttpMethods.Options]),
    ];

    public static IServiceCollection AddProxy(this IServiceCollection services) => services
        .AddSingleton<ProxyGate>().AddSingleton<ProxyCredentials>().AddSingleton<ProxyCalls>().AddSingleton<ProxyEndpoint>().AddSingleton<ProxyBatch>().AddSingleton<RawTokens>();

    public static void MapProxy(this RouteGroupBuilder api)
    {
        var accounts = api.MapGroup("/connected-accounts/{id}").WithTags("Proxy");
        foreach (var (name, methods) in Verbs)
        {
            accounts.MapMethods("/proxy/{**path}", methods, (string id, ActingParty caller, ProxyEndpoint proxy, HttpContext http, CancellationToken ct) =>
                    proxy.ByAccountAsync(http, caller, id, ct))
                .Requires(Role.Developer).Requires(ProxyGate.Use).WithName($"proxy{name}")
                .WithSummary("Calls the provider's API with the account's token. The path stands behind the connection's base address; bodies are streamed both ways.");
            api.MapMethods("/connections/{id}/proxy/{**path}", methods, (string id, ActingParty caller, ProxyEndpoint proxy, HttpContext http, CancellationToken ct) =>
                    proxy.ByConnectionAsync(http, caller, id, ct))
                .WithTags("Proxy").Requires(Role.Developer).Requires(ProxyGate.Use).WithName($"proxyByKey{name}")
                .WithSummary("The same with the API key of a connection.");
        }

        accounts.MapPost("/proxy", PostAsync).Accepts<BatchBody>("application/json").Produces<BatchAnswer>()
            .Requires(Role.Developer).Requires(ProxyGate.Use).WithName("proxyBatch").WithSummary("Makes up to 20 calls, one after another; each is decided and answered by itself.");
        accounts.MapGet("/token", (string id, ActingParty caller, RawTokens tokens, HttpContext http, CancellationToken ct) => tokens.ReleaseAsync(http, caller, id, ct))
            .Requires(Role.Admin).Requires(ProxyGate.Release).WithName("releaseAccountToken")
            .WithSummary("The account's access token itself, where the connection allows that. A refresh token never leaves the vault.");
    }

    /// <summary>Routing takes <c>/proxy/</c>, a call of the base address itself, for <c>/proxy</c>.</summary>
    private static async Task<Answer> PostAsync(string id, ActingParty caller, ProxyEndpoint proxy, ProxyBatch batch, HttpContext http, CancellationToken ct)
    {
        if (ProxyEndpoint.NamesPath(http))
        {
            return await proxy.ByAccountAsync(http, caller, id, ct);
        }

        var body = await Body<BatchBody>.ReadAsync(http);
        return body.Refusal is { } refused ? (Answer<NoContent>)refused : await batch.RunAsync(http, caller, id, body.Value, ct);
    }
}
