using System.Diagnostics;
using System.Text.RegularExpressions;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Documents;

/// <summary>Runs what documents show.</summary>
internal static partial class DocumentCommands
{
    /// <summary>What the commands of a page print, which must all succeed. They run in a folder of their own.</summary>
    /// <param name="page">In <c>docs/</c>.</param>
    /// <param name="prepare">Puts files into that folder.</param>
    public static async Task<string> RunPageAsync(string page, Dictionary<string, string> environment, Action<string>? prepare = null)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", page));
        return await BashAsync(string.Join('\n', RunnableBlocks().Matches(text).Select(block => block.Groups[1].Value)), environment, prepare);
    }

    public static async Task<string> BashAsync(string script, Dictionary<string, string> environment, Action<string>? prepare = null)
    {
        using var folder = new TempFolder();
        prepare?.Invoke(folder.Path);
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-s"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var bash = Process.Start(start)!;
        var output = bash.StandardOutput.ReadToEndAsync();
        var errors = bash.StandardError.ReadToEndAsync();
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        await bash.WaitForExitAsync();
        var said = await output + await errors;
        Assert.True(bash.ExitCode == 0, said);
        return said;
    }

    [GeneratedRegex(@"```sh run\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex RunnableBlocks();
}
