using AuthServer.Policies.AuthZen;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Policies;

public static class PolicyRegistration
{
    public static IServiceCollection AddPolicies(this IServiceCollection services) => services
        .AddSingleton<PolicyCatalog>()
        .AddSingleton<Decisions>()
        .AddSingleton<AgentRights>()
        .AddSingleton<ChainRights>()
        .AddSingleton<OrganizationPolicies>()
        .AddSingleton<AgentPolicies>()
        .AddSingleton<PolicyEvaluation>()
        .AddSingleton<SimulationTurns>()
        .AddSingleton<Simulation>()
        .AddSingleton<AccessEvaluation>()
        .AddSingleton<AccessSearch>();
}
