using AuthServer.Data;
using AuthServer.Protocol.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AuthServer.Audit;

public static class AuditRegistration
{
    /// <summary>Needs the data room and the keys.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services, AuditSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<CheckpointSigner>();
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<AuditVerification>();
        services.AddSingleton(provider => new TrailChecks(
            provider.GetRequiredService<AuditVerification>(),
            provider.GetRequiredService<StoredCheckpoints>(),
            provider.GetRequiredService<IAuditTrail>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TrailChecks>>()));
        services.AddSingleton<AuditRetention>();
        services.AddSingleton<AuditQuery>();
        services.AddSingleton<AuditViews>();
        services.AddSingleton<TrailSeals>();
        services.AddSingleton<AuditExport>();
        services.AddSingleton<OrganizationRetention>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Checkpoints>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<AuditRetention>());
        return services;
    }
}
