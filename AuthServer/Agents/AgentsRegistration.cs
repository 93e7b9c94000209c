using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Agents;

public static class AgentsRegistration
{
    public static IServiceCollection AddAgents(this IServiceCollection services) => services
        .AddSingleton<AgentScopes>()
        .AddSingleton<NewAgents>()
        .AddSingleton<RegisteredAgents>()
        .AddSingleton<AgentChanges>()
        .AddSingleton<AgentLife>()
        .AddSingleton<AgentSecrets>();
}
