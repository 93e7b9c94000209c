using System.Globalization;
using AuthServer.Languages;
using Microsoft.AspNetCore.Html;

namespace AuthServer.Pages;

/// <summary>What pages say, in the reader's language.</summary>
public static class Texts
{
    /// <summary>The reader's.</summary>
    public static Language Language => Language.Current;

    /// <inheritdoc cref="Language.T(string)"/>
    public static string T(string english) => Language.T(english);

    /// <inheritdoc cref="Language.T(string, ReadOnlySpan{object?})"/>
    public static string T(string english, params ReadOnlySpan<object?> values) => Language.T(english, values);

    /// <summary>What the API says in English.</summary>
    public static string T(Sentence sentence) => sentence.In(Language);

    /// <inheritdoc cref="Language.Count"/>
    public static string Count(long count, string one, string many) => Language.Count(count, one, many);

    /// <summary>A number.</summary>
    public static string Whole(long count) => count.ToString("N0", Language.Culture);

    /// <summary>A text with markup of our own in it. What fills its places is encoded, unless it is markup itself.</summary>
    public static IHtmlContent H(string english, params object?[] values)
    {
        var language = Language;
        return new HtmlFormattableString(language.Culture, language.T(english), language.Written(values));
    }

    /// <summary>A day, with what programs read of it; who points at it sees the second.</summary>
    public static IHtmlContent Day(DateTimeOffset at) => Time(at, Language.Day(at));

    /// <summary>A moment, likewise.</summary>
    public static IHtmlContent Moment(DateTimeOffset at) => Time(at, Language.Moment(at));

    /// <inheritdoc cref="Language.Second"/>
    public static IHtmlContent Second(DateTimeOffset at) => Time(at, Language.Second(at));

    /// <summary>A time as it is said in its place.</summary>
    public static IHtmlContent Time(DateTimeOffset at, string said) =>
        new HtmlFormattableString(CultureInfo.InvariantCulture, "<time datetime=\"{0:yyyy-MM-ddTHH:mm:ssZ}\" title=\"{0:yyyy-MM-dd HH:mm:ss} UTC\">{1}</time>", at.ToUniversalTime(), said);
}
