using System.Globalization;
using AuthServer.Accounts;
using AuthServer.Http;
using AuthServer.Http.Api;

namespace AuthServer.Branding;

/// <summary>What can be said of a brand, checked without looking anything up. Whatever it says, people see it beside what this server says, and must be able to tell them apart.</summary>
internal static class BrandRules
{
    public const int LongestName = 60;
    public const int LongestText = 300;
    public const int LongestAddress = 500;
    public const int MostLanguages = 20;

    public const string NoColour = "Write the colour as #rrggbb, such as #1f6feb.";

    private const string NotVisible = "Use visible characters on one line, without spaces around them.";
    private const string LooksAlike = "A word in it mixes letters of two scripts that look alike. Write each word in one script.";
    private const string Ours = "This is how this server calls itself. Use a name of your own.";
    private const string NoHttps = "Give an address that begins with https:// and names a host, without a user name in it.";
    private const string NoSupport = "Give an address that begins with https://, or mailto: and one e-mail address.";
    private const string NoLanguage = "Name a language by its tag, such as en, de or pt-BR.";
    private const string NoDefault = "Name a language that has texts.";
    private const string TwiceTheSame = "A language stands there twice.";
    private const string TooManyLanguages = "Give texts in at most 20 languages.";

    /// <param name="host">Of this server.</param>
    public static void Check(BrandChange said, string host, Faults faults)
    {
        faults.Add("name", said.Name is null ? null : NameFault(said.Name, host));
        faults.Add("colour", said.Colour is null ? null : ColourFault(said.Colour));
        var texts = said.Texts ?? [];
        var known = texts.Keys.Select(Tag).OfType<string>().ToList();
        faults.Add("texts", texts.Count > MostLanguages ? TooManyLanguages : known.Distinct().Count() < known.Count ? TwiceTheSame : null);
        foreach (var (tag, text) in texts.Take(MostLanguages))
        {
            faults.Add("texts." + tag, Tag(tag) is null ? NoLanguage : null);
            Check("texts." + tag, text ?? new BrandTexts(), faults);
        }

        faults.Add("language", said.Language is null || texts.Any(pair => pair.Value is { IsEmpty: false } && Tag(pair.Key) is { } tag && tag == Tag(said.Language)) ? null : NoDefault);
    }

    /// <summary>The tag as it is written (RFC 5646 §2.1.1); null: it is no language's.</summary>
    public static string? Tag(string tag)
    {
        if (tag.Length is < 2 or > 20 || !tag.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            return null;
        }

        try
        {
            return CultureInfo.GetCultureInfo(tag, predefinedOnly: true).Name;
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The address as browsers read it; null: it is none that people are sent to.</summary>
    public static Uri? Https(string text) =>
        text.Length <= LongestAddress && text.StartsWith("https://", StringComparison.Ordinal) && text.All(c => c is > ' ' and < '\u007f' and not '\\' and not '"' and not '<' and not '>')
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.HostNameType is UriHostNameType.Dns && uri.Host.Contains('.', StringComparison.Ordinal)
            ? uri
            : null;

    /// <summary>The e-mail address alone; null: it is none.</summary>
    public static string? Mailbox(string text) =>
        text.StartsWith("mailto:", StringComparison.Ordinal) && text["mailto:".Length..] is var address && EmailAddress.Read(address) == address && address.All(c => c is > ' ' and < '\u007f' and not '?' and not '&' and not '%' and not '#')
            ? address
            : null;

    private static string? NameFault(string name, string host) =>
        !VisibleText.IsLine(name, LongestName) ? NotVisible
        : LookAlikes.AreIn(name) ? LooksAlike
        : LookAlikes.ReadsAs(name, "AuthServer", host) ? Ours
        : null;

    private static string? ColourFault(string text) =>
        AccentColour.Read(text) is not { } colour ? NoColour
        : colour.Buttons is null ? $"A button in this colour could not be told from the page. {colour.Nearest} would do."
        : null;

    private static void Check(string field, BrandTexts text, Faults faults)
    {
        faults.Add(field + ".headline", SentenceFault(text.Headline));
        faults.Add(field + ".help", SentenceFault(text.Help));
        faults.Add(field + ".support", text.Support is null || Https(text.Support) is not null || Mailbox(text.Support) is not null ? null : NoSupport);
        faults.Add(field + ".privacy", text.Privacy is null || Https(text.Privacy) is not null ? null : NoHttps);
        faults.Add(field + ".terms", text.Terms is null || Https(text.Terms) is not null ? null : NoHttps);
    }

    private static string? SentenceFault(string? sentence) =>
        sentence is null ? null : !VisibleText.IsLine(sentence, LongestText) ? NotVisible : LookAlikes.AreIn(sentence) ? LooksAlike : null;
}
