using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.Figures;

public static class FiguresRegistration
{
    /// <summary>What is counted by the hour. Needs the data room and the scopes.</summary>
    public static IServiceCollection AddFigures(this IServiceCollection services) => services
        .AddSingleton<TrailFigures>()
        .AddSingleton<FigureReading>()
        .AddSingleton<OrganizationUsage>()
        .AddSingleton<ResponseTimes>()
        .AddHostedService(provider => provider.GetRequiredService<ResponseTimes>())
        .AddSingleton<FigureWork>()
        .AddHostedService(provider => provider.GetRequiredService<FigureWork>());
}
