using System.Buffers;

namespace AuthServer.Audit;

/// <summary>Makes a caller's words fit their column: an overlong or unprintable one must not undo what it is told about.</summary>
internal static class AuditText
{
    private const char Replacement = '�';

    // No database stores NUL alike, and a lone surrogate is no text.
    private static readonly SearchValues<char> Doubtful = SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(c => (char)c), '\0']);

    public static string? Fit(string? text, int length = int.MaxValue)
    {
        if (text is null)
        {
            return null;
        }

        var cut = text.Length <= length ? text : text[..length];
        return cut.AsSpan().ContainsAny(Doubtful) ? Mend(cut) : cut;
    }

    private static string Mend(string text) => string.Create(text.Length, text, static (mended, text) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                (mended[i], mended[i + 1]) = (text[i], text[i + 1]);
                i++;
            }
            else
            {
                mended[i] = text[i] == '\0' || char.IsSurrogate(text[i]) ? Replacement : text[i];
            }
        }
    });
}
