using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.ExternalSignIn;

internal static class ExternalSignInRegistration
{
    /// <summary>Signing in by other OpenID providers. Needs accounts, the vault and what calls other servers.</summary>
    public static IServiceCollection AddExternalSignIn(this IServiceCollection services, ExternalProviders providers) => services
        .AddSingleton(providers)
        .AddSingleton<ProviderDocuments>()
        .AddSingleton<ExternalFlows>()
        .AddSingleton<KeptAccess>()
        .AddSingleton<ExternalStarts>()
        .AddSingleton<ExternalReturns>()
        .AddSingleton<ExternalArrivals>()
        .AddSingleton<AbandonedArrivals>()
        .AddHostedService(provider => provider.GetRequiredService<AbandonedArrivals>())
        .AddScoped<ExternalSignIns>()
        .AddScoped<ExternalLinks>();
}
