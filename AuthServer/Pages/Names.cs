using System.Globalization;
using System.Text;

namespace AuthServer.Pages;

/// <summary>Names that others have chosen, made fit to be shown: without the invisible characters that turn text around or hide in it,
/// and not so long that they push what matters off the screen.</summary>
public static class Names
{
    private const int Longest = 100;

    private static readonly Rune Joiner = new('\u200D');

    public static string Shown(string name)
    {
        var text = new StringBuilder();
        foreach (var rune in name.EnumerateRunes().Where(IsVisible))
        {
            text.Append(rune);
        }

        var elements = StringInfo.ParseCombiningCharacters(text.ToString());
        return elements.Length <= Longest ? text.ToString() : text.ToString(0, elements[Longest]) + "…";
    }

    /// <summary>Emoji are put together with the joiner, so it stays; where it joins nothing, it shows nothing and turns nothing around.</summary>
    private static bool IsVisible(Rune rune) =>
        rune == Joiner
        || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
