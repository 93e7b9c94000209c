using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AuthServer.Audit;

public static class AuditRegistration
{
    /// <summary>Needs the data room and the keys.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<CheckpointSigner>();
        services.AddSingleton<Checkpoints>();
        services.AddSingleton<AuditVerification>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Checkpoints>());
        return services;
    }
}
