using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Agents;

public static class AgentsRegistration
{
    public static IServiceCollection AddAgents(this IServiceCollection services) => services
        .AddSingleton<NewAgents>()
        .AddSingleton<RegisteredAgents>();
}
