using AuthServer.Configuration;
using AuthServer.Data;
using AuthServer.Keys;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AuthServer.Administration;

public static class AdministrationRegistration
{
    /// <summary>What administrators see of the installation as a whole, and do to it. Needs all rooms that it looks into.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services
        .AddSingleton<AdminOrganizations>()
        .AddSingleton<AdminPeople>()
        .AddSingleton<AdminClients>()
        .AddSingleton<SettingsInForce>()
        .AddSingleton<Installation>()
        .AddSingleton<Analytics>()
        .AddSingleton<AdminProviders>()
        .AddSingleton(provider => new AdminKeys(
            provider.GetRequiredService<KeyRecords>(),
            provider.GetRequiredService<KeyChanges>(),
            provider.GetRequiredService<KeyRing>(),
            provider.GetRequiredService<MasterKeySource>(),
            provider.GetRequiredService<VaultKeyChanges>(),
            provider.GetRequiredService<IKeyManager>(),
            provider.GetRequiredService<IDbContextFactory<AuthDbContext>>(),
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton(provider => new InstallationHealth(
            provider.GetRequiredService<HealthCheckService>(),
            provider.GetRequiredService<IDbContextFactory<AuthDbContext>>(),
            provider.GetRequiredService<DatabaseSettings>(),
            provider.GetService<SqliteConnections>(),
            provider.GetRequiredService<IDatabaseWriter>(),
            provider.GetRequiredService<IDatabaseReader>(),
            provider.GetRequiredService<AuditLanes>(),
            provider.GetRequiredService<TimeProvider>()));
}
