using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Keys;

public static class KeyRegistration
{
    /// <summary>Needs the data room. <see cref="MasterKey"/> and <see cref="SigningKeys"/> hold something once <see cref="OpenKeysAsync"/> has run.</summary>
    public static IServiceCollection AddKeys(this IServiceCollection services, KeySettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton<KeyDirectory>();
        services.AddSingleton<MasterKeySource>();
        services.AddSingleton(provider => provider.GetRequiredService<MasterKeySource>().Opened);
        services.AddSingleton<SigningKeyFiles>();
        services.AddSingleton<KeyRecords>();
        services.AddSingleton<KeyChanges>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<KeyStart>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<KeyRing>());
        return services;
    }

    /// <summary>After the database is migrated and before the host starts. Empty, or a sentence for everything that stands in the way of a start.</summary>
    public static Task<IReadOnlyList<string>> OpenKeysAsync(this IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<KeyStart>().OpenAsync(ct);
}
