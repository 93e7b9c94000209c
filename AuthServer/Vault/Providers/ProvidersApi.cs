using AuthServer.Http.Api;
using AuthServer.Http.OpenApi;
using AuthServer.Organizations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Providers;

/// <summary><c>/api/v1/providers</c>: what can be connected, for members and agents; an organization's own, for its admins.</summary>
internal static class ProvidersApi
{
    public static IServiceCollection AddProviders(this IServiceCollection services, SharedApps apps) => services
        .AddSingleton(apps)
        .AddSingleton<ProviderAnswers>()
        .AddSingleton<ProviderCatalog>()
        .AddSingleton<ProviderStatuses>()
        .AddSingleton<OrganizationProviders>();

    public static void MapProviders(this RouteGroupBuilder api)
    {
        var all = api.MapGroup("/providers").WithTags("Providers");
        all.MapGet("", (ActingParty caller, ProviderFilter filter, Paging paging, ProviderCatalog catalog, ProviderAnswers answers, CancellationToken ct) =>
                ListAsync(caller, filter, paging, catalog, answers, ct))
            .WithName("listProviders").WithSummary("The providers that can be connected, by name: those that come with the server and the organization's own.");
        all.MapGet("/{id}", (string id, ActingParty caller, ProviderCatalog catalog, ProviderAnswers answers, CancellationToken ct) => FindAsync(caller, id, catalog, answers, ct))
            .WithName("getProvider").WithSummary("One provider: how it is set up, what can be asked for in plain words, presets, a template, and its definition.");
        all.MapGet("/{id}/status", (string id, ActingParty caller, ProviderCatalog catalog, ProviderStatuses statuses, CancellationToken ct) => JudgeAsync(caller, id, catalog, statuses, ct))
            .WithName("getProviderStatus").WithSummary("Whether the provider does its work, as calls and refreshes of the last quarter of an hour show.");
        all.MapPost("", (ProviderBody body, Developer developer, OrganizationProviders providers, HttpContext http, CancellationToken ct) =>
                providers.CreateAsync(http, developer, body.Value, ct))
            .Requires(Role.Admin).Creates().WithName("createProvider").WithSummary("Describes a provider of the organization's own.");
        all.MapPut("/{id}", (string id, ProviderBody body, IfMatch ifMatch, Developer developer, OrganizationProviders providers, HttpContext http, CancellationToken ct) =>
                providers.ReplaceAsync(http, developer, id, body.Value, ifMatch, ct))
            .Requires(Role.Admin).WithName("replaceProvider").WithSummary("Replaces the description of one of the organization's own providers.");
        all.MapDelete("/{id}", (string id, IfMatch ifMatch, Developer developer, OrganizationProviders providers, HttpContext http, CancellationToken ct) =>
                providers.DeleteAsync(http, developer, id, ifMatch, ct))
            .Requires(Role.Admin).WithName("deleteProvider").WithSummary("Deletes one of the organization's own providers that no connection uses.");
    }

    private static async Task<Answer<Page<ProviderItem>>> ListAsync(
        ActingParty caller, ProviderFilter filter, Paging paging, ProviderCatalog catalog, ProviderAnswers answers, CancellationToken ct)
    {
        var found = (await catalog.AllAsync(caller.OrganizationId, ct)).Where(filter.Admits).ToArray();
        return new Page<ProviderItem>(
            [.. found.Skip(paging.Offset).Take(paging.Limit).Select(answers.Item)], new PageMeta(found.Length, paging.Limit, paging.Offset));
    }

    private static async Task<Answer<ProviderDetail>> FindAsync(ActingParty caller, string id, ProviderCatalog catalog, ProviderAnswers answers, CancellationToken ct) =>
        await catalog.ListedAsync(caller.OrganizationId, id, ct) is { } listed ? answers.Detail(listed) : Problem.NotFound;

    private static async Task<Answer<ProviderStatus>> JudgeAsync(ActingParty caller, string id, ProviderCatalog catalog, ProviderStatuses statuses, CancellationToken ct) =>
        await catalog.FindAsync(caller.OrganizationId, id, ct) is { } provider ? await statuses.FindAsync(caller.OrganizationId, provider, ct) : Problem.NotFound;
}
