using System.Globalization;
using System.Text;
using AuthServer.Http;

namespace AuthServer.Pages;

/// <summary>Names that others have chosen, made fit to be shown: without the invisible characters that turn text around or hide in it,
/// and not so long that they push what matters off the screen.</summary>
public static class Names
{
    private const int Longest = 100;

    /// <summary>The letter that stands for a name where there is no picture.</summary>
    public static string First(string name) => StringInfo.GetNextTextElement(Shown(name).Trim() is { Length: > 0 } shown ? shown : "?").ToUpperInvariant();

    /// <summary>Words that begin a line.</summary>
    public static string Capital(string words) => words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];

    /// <summary>All of a text that somebody decides by. What cannot be seen is told by its number: without it, it would be another text, and with it one that reads otherwise.</summary>
    public static string Exact(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            shown.Append(VisibleText.Shows(rune) ? rune.ToString() : string.Create(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]"));
        }

        return shown.ToString();
    }

    public static string Shown(string name)
    {
        var text = new StringBuilder();
        foreach (var rune in name.EnumerateRunes().Where(VisibleText.Shows))
        {
            text.Append(rune);
        }

        var elements = StringInfo.ParseCombiningCharacters(text.ToString());
        return elements.Length <= Longest ? text.ToString() : text.ToString(0, elements[Longest]) + "…";
    }
}
