using AuthServer.Organizations;
using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Http.Api;

public static class ApiRegistration
{
    /// <summary>Who calls the REST API. What it does is registered by the rooms that do it.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services) => services
        .AddSingleton<DeveloperKeys>()
        .AddSingleton<Memberships>()
        .AddSingleton<Callers>();
}
