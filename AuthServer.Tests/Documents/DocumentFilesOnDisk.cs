using AuthServer.Tests.Support;

namespace AuthServer.Tests.Documents;

/// <summary>A file in <c>docs/</c> that is made from the source. With AUTHSERVER_DOCUMENTS set, the test that finds it stale writes it.</summary>
internal static class DocumentFilesOnDisk
{
    public static async Task AssertIsAsync(string file, string expected)
    {
        var path = Path.Combine(SourceTree.Root, "docs", file);
        if (Environment.GetEnvironmentVariable("AUTHSERVER_DOCUMENTS") is not null)
        {
            await File.WriteAllTextAsync(path, expected);
        }

        Assert.True(await File.ReadAllTextAsync(path) == expected, $"docs/{file} is not what the source says: run ./documents.sh.");
    }
}
