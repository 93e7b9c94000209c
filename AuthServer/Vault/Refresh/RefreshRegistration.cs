using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using AuthServer.Vault.Usage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AuthServer.Vault.Refresh;

internal static class RefreshRegistration
{
    /// <summary>The engine, and what counts what goes through connections.</summary>
    public static IServiceCollection AddRefresh(this IServiceCollection services)
    {
        services.TryAddSingleton<OutboundRequests>();
        services.TryAddSingleton<ProviderApps>();
        services.TryAddSingleton<SealedTokens>();
        return services
            .AddSingleton<UsageBook>()
            .AddSingleton<UsageWork>()
            .AddHostedService(provider => provider.GetRequiredService<UsageWork>())
            .AddSingleton<RefreshSuccesses>()
            .AddSingleton<RefreshReading>()
            .AddSingleton<RefreshCall>()
            .AddSingleton<RefreshEnding>()
            .AddSingleton<RefreshEngine>()
            .AddSingleton(provider => new AccountTokens(
                provider.GetRequiredService<RefreshEngine>(), provider.GetRequiredService<SealedTokens>(), provider.GetRequiredService<UsageBook>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<RefreshWork>()
            .AddHostedService(provider => provider.GetRequiredService<RefreshWork>());
    }
}
