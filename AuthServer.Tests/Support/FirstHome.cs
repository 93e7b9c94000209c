namespace AuthServer.Tests.Support;

/// <summary>What a first start leaves: an empty database and new keys. Made once for all tests, since an RSA key and the tables cost more than most tests do;
/// each server begins with a copy of its own.</summary>
internal static class FirstHome
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    /// <summary>Copies it, unless the settings name another database or other keys.</summary>
    public static async Task CopyAsync(string home, (string Key, string Value)[] settings)
    {
        if (!settings.Any(setting => IsOfTheHome(setting.Key)))
        {
            Copy(await Made.Value, home);
        }
    }

    private static bool IsOfTheHome(string key) =>
        key.StartsWith("AuthServer:Database", StringComparison.OrdinalIgnoreCase) || key.StartsWith("AuthServer:Keys", StringComparison.OrdinalIgnoreCase);

    private static async Task<string> MakeAsync()
    {
        var server = await TestServer.StartFirstTimeAsync();
        await server.StopAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(server.Home, recursive: true);
        return server.Home;
    }

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            var copy = Path.Combine(to, Path.GetFileName(folder));
            _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(copy) : Directory.CreateDirectory(copy, File.GetUnixFileMode(folder));
            Copy(folder, copy);
        }

        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }
}
