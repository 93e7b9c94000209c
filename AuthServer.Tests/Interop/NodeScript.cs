using System.Diagnostics;
using System.Globalization;
using AuthServer.Tests.Support;

namespace AuthServer.Tests.Interop;

/// <summary>Runs one scenario of <c>run.mjs</c> in a process of its own.</summary>
internal static class NodeScript
{
    private const int OldestNode = 20;
    private const string Advance = "advance ";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly Lazy<string> Node = new(Find);

    private static string Folder { get; } = Path.Combine(SourceTree.Root, "AuthServer.Tests", "Interop");

    /// <param name="scenario">Null: the names of all scenarios are the answer.</param>
    /// <param name="advance">Moves the server's clock by as many seconds as the script asks for.</param>
    /// <returns>The lines that the script wrote and that ask for nothing.</returns>
    public static async Task<List<string>> RunAsync(string? scenario, Dictionary<string, string> environment, Action<int> advance)
    {
        AssertInstalled("@modelcontextprotocol/sdk");
        using var process = Start("openid-client", scenario is null ? ["run.mjs"] : ["run.mjs", scenario], environment);
        using var limit = new CancellationTokenSource(Limit);
        await using var _ = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var lines = await ConverseAsync(process, advance);
        await process.WaitForExitAsync(CancellationToken.None);
        Assert.True(process.ExitCode == 0, $"{(limit.IsCancellationRequested ? $"It did not end within {Limit}.\n" : "")}{string.Join('\n', lines)}\n{await errors}");
        return lines;
    }

    /// <summary>A script in a process of its own.</summary>
    /// <param name="package">What it needs.</param>
    public static Process Start(string package, string[] arguments, Dictionary<string, string> environment)
    {
        AssertInstalled(package);
        var start = new ProcessStartInfo(Node.Value, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static void AssertInstalled(string package) =>
        Assert.True(Directory.Exists(Path.Combine(Folder, "node_modules", package)), $"{package} is not installed: run ./test.sh, or npm ci in {Folder}.");

    private static async Task<List<string>> ConverseAsync(Process process, Action<int> advance)
    {
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(Advance, StringComparison.Ordinal))
            {
                advance(int.Parse(line[Advance.Length..], CultureInfo.InvariantCulture));
                await process.StandardInput.WriteLineAsync("ok");
                await process.StandardInput.FlushAsync();
            }
            else
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    /// <summary>The machine's, or the one that test.sh installed because the machine's is too old.</summary>
    private static string Find()
    {
        string[] candidates = ["node", Path.Combine(SourceTree.Root, ".tools", "node_modules", ".bin", "node")];
        return candidates.FirstOrDefault(candidate => VersionOf(candidate) >= OldestNode)
            ?? throw new InvalidOperationException($"Node {OldestNode} or newer is neither on the PATH nor in .tools/: run ./test.sh, which installs it.");
    }

    private static int VersionOf(string node)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(node, ["-p", "process.versions.node.split('.')[0]"]) { RedirectStandardOutput = true })!;
            return int.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or FormatException)
        {
            return 0;
        }
    }
}
