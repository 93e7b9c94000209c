using System.Text;
using AuthServer.Http;

namespace AuthServer.Branding;

/// <summary>Letters that pose as others. A word of one script is what its writer means; a word of two is nearly always meant to be read as another.</summary>
internal static class LookAlikes
{
    // A shorter one stands in many words by chance.
    private const int Shortest = 8;

    /// <summary>Whether a word mixes Latin letters with those of a script that has the same shapes, or is written in letters that mathematics uses as signs.</summary>
    public static bool AreIn(string text) => text.Split((char[]?)null).Any(word => word.EnumerateRunes().Any(IsSign) || (word.EnumerateRunes().Any(IsLatin) && word.EnumerateRunes().Any(IsTwin)));

    /// <summary>Whether it is read as one of these names, whatever stands between the letters.</summary>
    public static bool ReadsAs(string text, params ReadOnlySpan<string> names)
    {
        var letters = Letters(text);
        foreach (var name in names)
        {
            if (Letters(name) is { Length: >= Shortest } own && letters.Contains(own, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Zeros and ones are read as the letters that they look like.</summary>
    private static string Letters(string text) => string.Concat(
        text.Normalize(NormalizationForm.FormKD).EnumerateRunes().Where(rune => Rune.IsLetterOrDigit(rune) && VisibleText.Shows(rune)).Select(rune => Rune.ToLowerInvariant(rune).ToString()))
        .Replace('0', 'o').Replace('1', 'l').Replace('3', 'e').Replace('5', 's');

    private static bool IsLatin(Rune rune) => Rune.IsLetter(rune) && rune.Value is < 0x0250 or (>= 0x1e00 and <= 0x1eff);

    /// <summary>Greek, Cyrillic, Armenian, Cherokee.</summary>
    private static bool IsTwin(Rune rune) => Rune.IsLetter(rune)
        && rune.Value is (>= 0x0370 and <= 0x058f) or (>= 0x13a0 and <= 0x13ff) or (>= 0x1c80 and <= 0x1c8f) or (>= 0x1f00 and <= 0x1fff) or (>= 0x2de0 and <= 0x2dff) or (>= 0xa640 and <= 0xa69f) or (>= 0xab70 and <= 0xabbf);

    /// <summary>Mathematical, letterlike, enclosed and full-width letters.</summary>
    private static bool IsSign(Rune rune) => rune.Value is (>= 0x2100 and <= 0x214f and not 0x2122 and not 0x2116) or (>= 0x2460 and <= 0x24ff) or (>= 0xff01 and <= 0xff5e) or (>= 0x1d400 and <= 0x1d7ff) or (>= 0x1f130 and <= 0x1f189);
}
