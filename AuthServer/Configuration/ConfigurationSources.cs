using Microsoft.Extensions.Configuration;

namespace AuthServer.Configuration;

/// <summary>Where settings come from: the shipped file, then the environment, then the command line.</summary>
internal static class ConfigurationSources
{
    public static void Arrange(ConfigurationManager configuration, string[] args)
    {
        // The shipped file holds every default. It is read from the application's own folder, because dotnet run makes the project's
        // folder the content root; and first of all, because plain AddJsonFile would put it above the environment.
        configuration.Sources.Clear();
        configuration
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: false)
            .AddEnvironmentVariables()
            .AddEnvironmentVariables("ASPNETCORE_")
            .AddEnvironmentVariables("DOTNET_")
            .AddCommandLine(args);
    }
}
