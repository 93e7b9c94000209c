namespace AuthServer.Configuration;

internal static class Environments
{
    /// <summary>The environment's name, as the framework finds it: command line first, Production when nothing says otherwise.</summary>
    public static string Current(string[] args)
    {
        const string option = "--environment";
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i].StartsWith(option + "=", StringComparison.OrdinalIgnoreCase))
            {
                return args[i][(option.Length + 1)..];
            }

            if (args[i].Equals(option, StringComparison.OrdinalIgnoreCase) && i + 1 < args.Length)
            {
                return args[i + 1];
            }
        }

        return Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
            ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
            ?? "Production";
    }
}
