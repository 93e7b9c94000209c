using System.Globalization;
using System.Text;

namespace AuthServer.Http;

/// <summary>Which characters can be seen. Invisible ones turn text around, hide in it, or let two names look alike.</summary>
public static class VisibleText
{
    private static readonly Rune Joiner = new('\u200D');

    // Letters by category that show nothing: a name made of them would be blank.
    private static readonly Rune[] Blanks = [new('\u115F'), new('\u1160'), new('\u2800'), new('\u3164'), new('\uFFA0')];

    /// <summary>Emoji are put together with the joiner, so it stays; where it joins nothing, it shows nothing and turns nothing around.</summary>
    public static bool Shows(Rune rune) => rune == Joiner || (!Blanks.Contains(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned));

    /// <summary>Whether it is one line that people can read: something to see, nothing that cannot be seen, no white space around it.</summary>
    public static bool IsLine(string text, int longest) => text.Trim() == text && IsParagraphs(text, longest) && !text.Any(char.IsControl);

    /// <summary>The same, over several lines.</summary>
    public static bool IsParagraphs(string text, int longest) =>
        text.Length <= longest
        && text.EnumerateRunes().All(rune => rune != Rune.ReplacementChar && (Shows(rune) || rune.Value is '\n' or '\r' or '\t'))
        && IsSeen(text);

    /// <summary>Whether there is something to see in it. Marks show nothing by themselves.</summary>
    public static bool IsSeen(string text) => text.EnumerateRunes().Any(rune => rune != Joiner && Shows(rune) && !Rune.IsWhiteSpace(rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark));
}
