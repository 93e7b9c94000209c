using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault;

internal static class VaultRegistration
{
    public static IServiceCollection AddVault(this IServiceCollection services, AuthServerSettings settings) => services
        .AddSingleton<VaultSeal>()
        .AddSingleton<OutboundRequests>()
        .AddConnectedAccounts()
        .AddProviders(settings.SharedApps);

    public static void MapVault(this RouteGroupBuilder api)
    {
        api.MapProviders();
        api.MapConnectedAccounts();
    }
}
