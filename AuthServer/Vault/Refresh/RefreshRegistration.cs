using AuthServer.Vault.Accounts;
using AuthServer.Vault.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Refresh;

internal static class RefreshRegistration
{
    /// <summary>The engine, and what counts what goes through connections.</summary>
    /// <param name="isAhead">Whether this node refreshes what nobody asks for yet.</param>
    public static IServiceCollection AddRefresh(this IServiceCollection services, bool isAhead)
    {
        services
            .AddSingleton<UsageBook>()
            .AddSingleton<UsageWork>()
            .AddHostedService(provider => provider.GetRequiredService<UsageWork>())
            .AddSingleton<RefreshSuccesses>()
            .AddSingleton<RefreshReading>()
            .AddSingleton<RefreshCall>()
            .AddSingleton<RefreshEnding>()
            .AddSingleton<SecondTokens>()
            .AddSingleton<TokenEnds>()
            .AddSingleton<RefreshEngine>()
            .AddSingleton(provider => new AccountTokens(
                provider.GetRequiredService<RefreshEngine>(), provider.GetRequiredService<SealedTokens>(), provider.GetRequiredService<UsageBook>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<RefreshWork>();
        return isAhead ? services.AddHostedService(provider => provider.GetRequiredService<RefreshWork>()) : services;
    }
}
