using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace AuthServer.Bench;

/// <summary>What the command line says. Every number is bounded: this program loads its own machine and nothing else.</summary>
public sealed record BenchOptions
{
    private static readonly string Usage = $"""
        Measures AuthServer on this machine, beside a bare endpoint. Run the Release build.

          --warmup SECONDS      before each measurement (25)
          --seconds SECONDS     each measurement (10)
          --connections COUNT   kept open, each with one request at a time (32)
          --threads COUNT       of the load generator (2)
          --only NAME,NAME      some of: {string.Join(' ', Scenarios.Names)}
          --server PATH         AuthServer.dll (the one built beside this program)
          --home DIRECTORY      where the server's database lies: a real disk (beside the build output)
          --json                the result as JSON instead of a table
        """;

    public int Warmup { get; private set; } = 25;

    public int Seconds { get; private set; } = 10;

    public int Connections { get; private set; } = 32;

    public int Threads { get; private set; } = 2;

    /// <summary>Empty: all.</summary>
    public IReadOnlyList<string> Only { get; private set; } = [];

    public string ServerPath { get; private set; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../AuthServer/release/AuthServer.dll"));

    // Not the temporary directory: where that is kept in memory, a durable commit costs nothing.
    public string Home { get; private set; } = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../bench"));

    public bool Json { get; private set; }

    public bool Includes(string name) => Only.Count == 0 || Only.Contains(name);

    public static bool TryParse(string[] args, [NotNullWhen(true)] out BenchOptions? options, out string message)
    {
        options = null;
        var read = new BenchOptions();
        message = Usage;
        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var name))
        {
            if (name == "--json")
            {
                read.Json = true;
            }
            else if (!rest.TryDequeue(out var value) || !read.TrySet(name, value))
            {
                return false;
            }
        }

        options = read;
        return true;
    }

    private bool TrySet(string name, string value)
    {
        switch (name)
        {
            case "--warmup" when Number(value, 0, 600) is { } number: Warmup = number; return true;
            case "--seconds" when Number(value, 1, 600) is { } number: Seconds = number; return true;
            case "--connections" when Number(value, 1, 256) is { } number: Connections = number; return true;
            case "--threads" when Number(value, 1, 16) is { } number: Threads = number; return true;
            case "--server": ServerPath = Path.GetFullPath(value); return true;
            case "--home": Home = Path.GetFullPath(value); return true;
            case "--only":
                Only = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                return Only.All(Scenarios.Names.Contains);
            default: return false;
        }
    }

    private static int? Number(string value, int from, int to) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= from && number <= to ? number : null;
}
