using AuthServer.Outbound;
using AuthServer.Vault.Accounts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AuthServer.ExternalSignIn;

internal static class ExternalSignInRegistration
{
    /// <summary>Signing in by other OpenID providers. Needs accounts, the vault's providers and its seal.</summary>
    public static IServiceCollection AddExternalSignIn(this IServiceCollection services, ExternalProviders providers)
    {
        services.TryAddSingleton<OutboundRequests>();
        services.TryAddSingleton<SealedTokens>();
        return services
            .AddSingleton(providers)
            .AddSingleton<ProviderDocuments>()
            .AddSingleton<ExternalFlows>()
            .AddSingleton<KeptAccess>()
            .AddSingleton<ExternalStarts>()
            .AddSingleton<ExternalReturns>()
            .AddSingleton<ExternalArrivals>()
            .AddScoped<ExternalSignIns>()
            .AddScoped<ExternalLinks>();
    }
}
