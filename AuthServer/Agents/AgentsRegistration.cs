using AuthServer.Agents.Claims;
using AuthServer.Agents.Credentials;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Agents;

public static class AgentsRegistration
{
    public static IServiceCollection AddAgents(this IServiceCollection services) => services
        .AddSingleton<AgentScopes>()
        .AddSingleton<ApiKeys>()
        .AddSingleton<ManagedKeys>()
        .AddSingleton<NewAgents>()
        .AddSingleton<QuickstartPace>()
        .AddSingleton<UnclaimedAgents>()
        .AddSingleton<AgentClaims>()
        .AddSingleton<OwnedAgents>()
        .AddHostedService<UnclaimedExpiry>()
        .AddSingleton<RegisteredAgents>()
        .AddSingleton<AgentChanges>()
        .AddSingleton<AgentCredential>()
        .AddSingleton<AgentLife>()
        .AddSingleton<AgentSecrets>()
        .AddSingleton<OwnKeys>();
}
