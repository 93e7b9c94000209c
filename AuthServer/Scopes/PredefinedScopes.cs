using System.Collections.Frozen;
using AuthServer.Policies.Engine;

namespace AuthServer.Scopes;

/// <summary>The scopes that come with this server, from scopes.txt.</summary>
public static class PredefinedScopes
{
    /// <summary>In the file's order: by category, the standards' own first.</summary>
    public static IReadOnlyList<ScopeLine> All { get; } = [.. Read()];

    public static FrozenDictionary<string, ScopeLine> ByName { get; } = All.ToFrozenDictionary(line => line.Name, StringComparer.Ordinal);

    private static IEnumerable<ScopeLine> Read()
    {
        using var stream = typeof(PredefinedScopes).Assembly.GetManifestResourceStream("AuthServer.Scopes.scopes.txt")
            ?? throw new InvalidOperationException("The predefined scopes are missing.");
        using var reader = new StreamReader(stream);
        var category = ScopeLine.OtherCategory;
        while (reader.ReadLine() is { } line)
        {
            if (line is ['[', .. var name, ']'])
            {
                category = name;
            }
            else if (line is not ("" or ['#', ..]))
            {
                yield return Parse(category, line.Split(" | "));
            }
        }
    }

    private static ScopeLine Parse(string category, string[] cells) => cells is [var name, var risk, var title, var description]
        ? new ScopeLine(name, category, Enum.Parse<RiskLevel>(risk, ignoreCase: true), title, description, ScopeOrigin.Predefined)
        : throw new InvalidOperationException($"Not a predefined scope: {string.Join(" | ", cells)}");
}
