using System.Text.RegularExpressions;
using AuthServer.Branding;

namespace AuthServer.Pages.Design;

/// <summary>The colours of <c>site.css</c>, and how well one is read on another (WCAG 2.2, relative luminance). Read from the file that browsers get, so that it cannot say otherwise.</summary>
public sealed partial class Palette
{
    private readonly Dictionary<string, string> _colours;

    private Palette(Dictionary<string, string> colours) => _colours = colours;

    /// <summary>By token, in the file's order.</summary>
    public IReadOnlyDictionary<string, string> Colours => _colours;

    /// <summary>What the first block says, and what the block for the dark says in its place.</summary>
    public static (Palette Light, Palette Dark) Read(string css)
    {
        var dark = css.IndexOf("prefers-color-scheme: dark", StringComparison.Ordinal);
        var light = ReadBlock(css, css.IndexOf(":root", StringComparison.Ordinal));
        var both = new Dictionary<string, string>(light, StringComparer.Ordinal);
        foreach (var (token, colour) in ReadBlock(css, css.IndexOf(":root", dark, StringComparison.Ordinal)))
        {
            both[token] = colour;
        }

        return (new Palette(light), new Palette(both));
    }

    /// <summary>From 1 (the same) to 21 (black on white).</summary>
    public double ContrastOf(string text, string ground) => Of(text).ContrastWith(Of(ground));

    private AccentColour Of(string token) => AccentColour.Read(_colours[token])!.Value;

    private static Dictionary<string, string> ReadBlock(string css, int start) => Tokens().Matches(css[start..css.IndexOf('}', start)])
        .ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value, StringComparer.Ordinal);

    [GeneratedRegex("--([a-z-]+): (#[0-9a-f]{6});")]
    private static partial Regex Tokens();
}

/// <summary>A colour that is put on another, and how much it has to stand out there: 4.5 for text, 3 for what is no text.</summary>
public sealed record Pairing(string Text, string Ground, double AtLeast)
{
    public static IReadOnlyList<Pairing> All { get; } =
    [
        new("text", "page", 4.5), new("text", "card", 4.5), new("text", "sunk", 4.5), new("muted", "page", 4.5), new("muted", "card", 4.5), new("muted", "sunk", 4.5),
        new("accent", "card", 4.5), new("accent", "page", 4.5), new("accent", "accent-soft", 4.5), new("accent-strong", "card", 4.5), new("on-accent", "accent", 4.5),
        new("on-accent", "accent-strong", 4.5), new("danger", "card", 4.5), new("danger", "danger-soft", 4.5), new("warning", "warning-soft", 4.5), new("good", "good-soft", 4.5),
        new("text", "danger-soft", 4.5), new("text", "warning-soft", 4.5), new("text", "good-soft", 4.5), new("good", "card", 4.5), new("line-strong", "card", 3), new("noted", "card", 3),
        new("focus", "card", 3), new("focus", "page", 3),
    ];
}
