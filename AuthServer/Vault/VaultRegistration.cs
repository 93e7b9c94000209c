using AuthServer.Vault.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault;

internal static class VaultRegistration
{
    public static IServiceCollection AddVault(this IServiceCollection services, VaultKeySettings keys) => services.AddVaultSecrets(keys);
}
