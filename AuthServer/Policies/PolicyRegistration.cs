using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Policies;

public static class PolicyRegistration
{
    public static IServiceCollection AddPolicies(this IServiceCollection services) => services
        .AddSingleton<PolicyCatalog>()
        .AddSingleton<Decisions>();
}
