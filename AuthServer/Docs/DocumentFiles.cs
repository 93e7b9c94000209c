using System.Collections.Frozen;
using System.Text;

namespace AuthServer.Docs;

/// <summary>The folder <c>docs/</c>, which travels inside the program.</summary>
internal static class DocumentFiles
{
    private const string Folder = "AuthServer.Docs.Files/";

    /// <summary>By their paths below that folder.</summary>
    private static readonly FrozenSet<string> Held = typeof(DocumentFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Select(name => name[Folder.Length..]).ToFrozenSet(StringComparer.Ordinal);

    public static bool Contains(string path) => Held.Contains(path);

    /// <summary>The names of the pages, without their ending.</summary>
    public static IEnumerable<string> Pages => Held.Where(path => path.EndsWith(".md", StringComparison.Ordinal)).Select(path => path[..^3]);

    /// <summary>Null: there is no such file.</summary>
    public static string? Read(string path)
    {
        if (!Held.Contains(path))
        {
            return null;
        }

        using var reader = new StreamReader(typeof(DocumentFiles).Assembly.GetManifestResourceStream(Folder + path)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
