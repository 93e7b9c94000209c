using System.Text;

namespace AuthServer.Accounts;

/// <summary>The e-mail address that names an account. Only what no mail system could deliver is refused: whether it exists is the mail system's to say.</summary>
public static class EmailAddress
{
    /// <summary>RFC 5321 §4.5.3.1: a path of 256 with its angle brackets.</summary>
    public const int Longest = 254;

    private const int LongestLocalPart = 64;

    /// <summary>The address without surrounding spaces; null when it cannot be one.</summary>
    public static string? Read(string? typed)
    {
        var address = typed?.Trim();
        if (address is null or { Length: 0 or > Longest })
        {
            return null;
        }

        var at = address.LastIndexOf('@');
        return at is > 0 and <= LongestLocalPart && at < address.Length - 1
            && address.IndexOf('@', StringComparison.Ordinal) == at
            && !address.EnumerateRunes().Any(IsForbidden)
            && !address.AsSpan(at + 1).StartsWith(".") && !address.EndsWith('.') && !address.Contains("..", StringComparison.Ordinal)
            ? address
            : null;
    }

    public static string LocalPart(string address) => address[..Math.Max(0, address.LastIndexOf('@'))];

    /// <summary>Spaces, controls, invisible formatting and broken characters: two addresses must not look alike.</summary>
    private static bool IsForbidden(Rune rune) =>
        Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || rune == Rune.ReplacementChar
        || Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format
        || rune.Value is '<' or '>' or '"' or '\\' or ',' or ';' or '(' or ')';
}
