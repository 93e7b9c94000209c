using System.Globalization;
using System.Resources;
using Microsoft.AspNetCore.Html;

[assembly: NeutralResourcesLanguage("en")]

namespace AuthServer.Pages;

/// <summary>What pages say, in the reader's language. The English text is the key; <c>Texts.de.resx</c> and its like hold the others.</summary>
public static class Texts
{
    private static readonly ResourceManager Resources = new("AuthServer.Pages.Texts", typeof(Texts).Assembly);

    /// <summary>A text without places to fill.</summary>
    public static string T(string english) => Resources.GetString(english, CultureInfo.CurrentUICulture) ?? english;

    /// <summary>A text with <c>{0}</c>, <c>{1}</c>, … in it, filled as the reader writes numbers and dates.</summary>
    public static string T(string english, params ReadOnlySpan<object?> values) => string.Format(CultureInfo.CurrentCulture, T(english), values);

    /// <summary>A text for one thing or for several: <c>{0}</c> is how many.</summary>
    public static string Count(long count, string one, string many) => T(count == 1 ? one : many, count);

    /// <summary>A text with markup of our own in it. What fills its places is encoded, unless it is markup itself.</summary>
    public static IHtmlContent H(string english, params object?[] values) =>
        new HtmlFormattableString(CultureInfo.CurrentCulture, T(english), values);
}
