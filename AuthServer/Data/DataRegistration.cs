using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Data;

public static class DataRegistration
{
    public static IServiceCollection AddData(this IServiceCollection services, DatabaseSettings settings)
    {
        services.AddSingleton(settings);
        if (settings.Provider == DatabaseSettings.PostgreSql)
        {
            services.AddPooledDbContextFactory<PostgreSqlAuthDbContext>(options => options.UseNpgsql(settings.ConnectionString));
            services.AddSingleton<IDbContextFactory<AuthDbContext>, ContextFactory<PostgreSqlAuthDbContext>>();
        }
        else
        {
            services.AddPooledDbContextFactory<SqliteAuthDbContext>(options => options.UseSqlite(settings.ConnectionString));
            services.AddSingleton<IDbContextFactory<AuthDbContext>, ContextFactory<SqliteAuthDbContext>>();
        }

        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<AuthDbContext>>().CreateDbContext());
        return services;
    }

    /// <summary>Callers know only <see cref="AuthDbContext"/>.</summary>
    private sealed class ContextFactory<TContext>(IDbContextFactory<TContext> inner) : IDbContextFactory<AuthDbContext>
        where TContext : AuthDbContext
    {
        public AuthDbContext CreateDbContext() => inner.CreateDbContext();
    }
}
