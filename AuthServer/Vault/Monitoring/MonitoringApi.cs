using AuthServer.Http.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Vault.Monitoring;

/// <summary>How connections fare, for members.</summary>
internal static class MonitoringApi
{
    public static IServiceCollection AddMonitoring(this IServiceCollection services) => services.AddSingleton(MonitoringLimit.Usual).AddSingleton<ConnectionMonitoring>();

    public static void MapMonitoring(this RouteGroupBuilder api)
    {
        var connections = api.MapGroup("/connections").WithTags("Monitoring");
        connections.MapGet("/monitoring", (Developer member, MonitoredTime time, ConnectionMonitoring monitoring, CancellationToken ct) => monitoring.AllAsync(member, time, ct))
            .WithName("monitorConnections").WithSummary("How all connections fare that the caller may see: accounts, calls, errors, latency and refreshes, in all and step by step.");
        connections.MapGet("/{id}/monitoring", (string id, Developer member, MonitoredTime time, ConnectionMonitoring monitoring, CancellationToken ct) =>
                monitoring.FindAsync(member, id, time, ct))
            .WithName("monitorConnection").WithSummary("How one connection fares: accounts, calls, errors, latency, quota, refreshes and its provider's status; in all, step by step and by agent.");
    }
}
