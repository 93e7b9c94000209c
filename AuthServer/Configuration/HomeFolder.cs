namespace AuthServer.Configuration;

/// <summary>What relative paths are relative to: the folder with the solution when run from source, else the working directory.</summary>
internal static class HomeFolder
{
    private const string Mark = "AuthServer.sln";

    public static string Find(string? configured)
    {
        if (!string.IsNullOrEmpty(configured))
        {
            return Path.GetFullPath(configured);
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Mark)))
            {
                return folder.FullName;
            }
        }

        return Directory.GetCurrentDirectory();
    }
}
