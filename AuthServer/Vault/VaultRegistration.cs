using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault;

internal static class VaultRegistration
{
    public static IServiceCollection AddVault(this IServiceCollection services, AuthServerSettings settings) => services
        .AddSingleton<VaultSeal>()
        .AddProviders(settings.SharedApps);

    public static void MapVault(this RouteGroupBuilder api) => api.MapProviders();
}
