using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Secrets;

public static class SecretsRegistration
{
    /// <summary>Needs the rooms of data and of keys. <see cref="VaultSeal"/> works once <see cref="OpenVaultAsync"/> has run.</summary>
    internal static IServiceCollection AddVaultSecrets(this IServiceCollection services, VaultKeySettings settings) => services
        .AddSingleton(settings)
        .AddSingleton<VaultKeyWraps>()
        .AddSingleton<VaultKeys>()
        .AddSingleton(provider => new VaultSeal(provider.GetRequiredService<VaultKeys>()))
        .AddSingleton<VaultRotation>()
        .AddHostedService<VaultKeyFollower>();

    /// <summary>After the master key is open and before the host starts. Empty, or a sentence for everything that stands in the way of a start.</summary>
    public static Task<IReadOnlyList<string>> OpenVaultAsync(this IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<VaultKeys>().OpenAsync(ct);
}
