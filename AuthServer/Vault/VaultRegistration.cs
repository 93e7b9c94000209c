using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Monitoring;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Proxy;
using AuthServer.Vault.Refresh;
using AuthServer.Vault.Secrets;
using AuthServer.Vault.Tools;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault;

internal static class VaultRegistration
{
    public static IServiceCollection AddVault(this IServiceCollection services, AuthServerSettings settings) => services
        .AddVaultSecrets(settings.VaultKeys)
        .AddProviders(settings.SharedApps)
        .AddVaultConnections()
        .AddConnectedAccounts()
        .AddRefresh(settings.Options.Vault.RefreshAhead)
        .AddProxy()
        .AddMonitoring()
        .AddTools();

    public static void MapVault(this RouteGroupBuilder api)
    {
        api.MapProviders();
        api.MapConnections();
        api.MapConnectedAccounts();
        api.MapProxy();
        api.MapMonitoring();
        api.MapTools();
    }

    /// <summary>What AGNT Connect has at the root.</summary>
    public static void MapVaultRoots(this IEndpointRouteBuilder routes)
    {
        routes.MapProviderKeys();
        routes.MapOAuthTokens();
    }
}
