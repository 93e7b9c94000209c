using AuthServer.Keys;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http.DPoP;

public static class DPoPRegistration
{
    public static IServiceCollection AddDPoP(this IServiceCollection services, DPoPSettings settings) => services
        .AddSingleton(settings)
        .AddSingleton(provider => new DPoPNonces(provider.GetRequiredService<MasterKey>().Derive("dpop-nonce"), settings.NonceLifetime))
        .AddSingleton<DPoPProofs>()
        .AddSingleton(provider => new SeenProofs(provider.GetRequiredService<IReplayGuard>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<PresentedTokens>();
}
