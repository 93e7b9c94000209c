using System.Globalization;
using System.Resources;

[assembly: NeutralResourcesLanguage("en")]

namespace AuthServer.Languages;

/// <summary>A language that people read, and what this server says in it. The English text is the key; <c>Texts.de.resx</c> and its like hold the others.</summary>
public readonly record struct Language(CultureInfo Culture)
{
    // Words that begin a line and the same within one are one text: resource files cannot tell them apart.
    private static readonly ResourceManager Resources = new("AuthServer.Languages.Texts", typeof(Language).Assembly) { IgnoreCase = true };

    public static Language English { get; } = Of("en");

    /// <summary>That of whoever reads what this thread writes.</summary>
    public static Language Current => CultureInfo.CurrentUICulture is { Name.Length: > 0 } culture ? new(culture) : English;

    /// <summary>Its name as HTML and HTTP write it (BCP 47).</summary>
    public string Tag => Culture.Name;

    /// <summary>The attribute <c>dir</c>.</summary>
    public string Direction => Culture.TextInfo.IsRightToLeft ? "rtl" : "ltr";

    /// <summary>As those who speak it call it.</summary>
    public string OwnName => Culture.TextInfo.ToUpper(Culture.NativeName[..1]) + Culture.NativeName[1..];

    /// <param name="tag">Of a language that the machine knows.</param>
    public static Language Of(string tag) => new(CultureInfo.GetCultureInfo(tag));

    /// <summary>A text without places to fill; English where it was not translated.</summary>
    public string T(string english) => Resources.GetString(english, Culture) ?? english;

    /// <summary>A text with <c>{0}</c>, <c>{1}</c>, … in it, filled as its readers write numbers and dates.</summary>
    public string T(string english, params ReadOnlySpan<object?> values) => string.Format(Culture, T(english), Written(values));

    /// <summary>A text for one thing or for several: <c>{0}</c> is how many.</summary>
    public string Count(long count, string one, string many) => T(count == 1 ? one : many, count);

    /// <summary>A day.</summary>
    public string Day(DateTimeOffset at) => at.ToUniversalTime().ToString(T("d MMMM yyyy"), Culture);

    /// <summary>A moment, to the minute.</summary>
    public string Moment(DateTimeOffset at) => at.ToUniversalTime().ToString(T("d MMMM yyyy, HH:mm 'UTC'"), Culture);

    /// <summary>A moment, to the second, as short as a table wants it. That it is UTC is said above it.</summary>
    public string Second(DateTimeOffset at) => at.ToUniversalTime().ToString(T("d MMM yyyy, HH:mm:ss"), Culture);

    /// <summary>Whole numbers get what parts their thousands.</summary>
    internal object?[] Written(ReadOnlySpan<object?> values)
    {
        var written = values.ToArray();
        for (var i = 0; i < written.Length; i++)
        {
            written[i] = written[i] is int or long ? ((IFormattable)written[i]!).ToString("N0", Culture) : written[i];
        }

        return written;
    }
}
