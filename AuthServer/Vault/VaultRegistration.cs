using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Proxy;
using AuthServer.Vault.Refresh;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault;

internal static class VaultRegistration
{
    public static IServiceCollection AddVault(this IServiceCollection services, AuthServerSettings settings) => services
        .AddSingleton<OutboundRequests>()
        .AddVaultSecrets(settings.VaultKeys)
        .AddProviders(settings.SharedApps)
        .AddVaultConnections()
        .AddConnectedAccounts()
        .AddRefresh(settings.Options.Vault.RefreshAhead)
        .AddProxy();

    public static void MapVault(this RouteGroupBuilder api)
    {
        api.MapProviders();
        api.MapConnections();
        api.MapConnectedAccounts();
        api.MapProxy();
    }
}
