using AuthServer.Vault.Connections;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Secrets;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault;

internal static class VaultRegistration
{
    public static IServiceCollection AddVault(this IServiceCollection services, AuthServerSettings settings) => services
        .AddVaultSecrets(settings.VaultKeys)
        .AddProviders(settings.SharedApps)
        .AddVaultConnections();

    public static void MapVault(this RouteGroupBuilder api)
    {
        api.MapProviders();
        api.MapConnections();
    }
}
