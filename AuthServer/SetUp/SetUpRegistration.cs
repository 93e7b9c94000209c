using Microsoft.Extensions.DependencyInjection;

namespace AuthServer.SetUp;

public static class SetUpRegistration
{
    /// <summary>From an empty database to the first token. Needs the accounts, mail, the trail and the data.</summary>
    public static IServiceCollection AddSetUp(this IServiceCollection services) => services
        .AddSingleton<InstallationSetUp>()
        .AddScoped<FirstAdministrator>();
}
