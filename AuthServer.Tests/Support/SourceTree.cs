namespace AuthServer.Tests.Support;

/// <summary>The product's own source, for tests about its shape.</summary>
public static class SourceTree
{
    public static string Root { get; } = FindRoot();

    /// <summary>C# files below a folder, without migrations; paths are relative to the root, with slashes.</summary>
    public static IEnumerable<SourceFile> Files(params string[] folder) =>
        Directory.EnumerateFiles(Path.Combine([Root, .. folder]), "*.cs", SearchOption.AllDirectories)
            .Select(path => new SourceFile(Path.GetRelativePath(Root, path).Replace('\\', '/'), File.ReadAllText(path)))
            .Where(file => !file.Path.Contains("/Migrations/", StringComparison.Ordinal) && !file.Path.Contains("/obj/", StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "AuthServer.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

public sealed record SourceFile(string Path, string Code)
{
    public override string ToString() => Path;
}
