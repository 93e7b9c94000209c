using System.Globalization;
using System.Reflection;

namespace AuthServer.Languages;

/// <summary>The languages that this server speaks: English, and each whose texts lie beside it as a satellite assembly.</summary>
public sealed class KnownLanguages
{
    /// <param name="tags">Of the languages besides English.</param>
    public KnownLanguages(IEnumerable<string> tags) =>
        All = [Language.English, .. tags.Where(tag => tag != Language.English.Tag).Order(StringComparer.Ordinal).Select(Language.Of)];

    /// <summary>English first.</summary>
    public IReadOnlyList<Language> All { get; }

    /// <summary>Those that were built in, and those that somebody has laid beside.</summary>
    public static KnownLanguages OfInstallation(string folder)
    {
        var file = Assembly.GetExecutingAssembly().GetName().Name + ".resources.dll";
        return new KnownLanguages(
            from place in Directory.EnumerateDirectories(folder)
            where File.Exists(Path.Combine(place, file))
            let name = NameOf(Path.GetFileName(place))
            where name is not null
            select name);
    }

    /// <summary>The language of this very name; null: it is not spoken here.</summary>
    public Language? Find(string? tag) => All.Where(language => string.Equals(language.Tag, tag, StringComparison.OrdinalIgnoreCase)).Select(language => (Language?)language).FirstOrDefault();

    /// <summary>The first that is spoken here, or of which a wider form is (RFC 4647 §3.4: <c>de-CH</c> is answered with <c>de</c>). Null: none.</summary>
    /// <param name="tags">The most wanted first; whatever they are, they are no error.</param>
    public Language? Choose(IEnumerable<string> tags) => tags.Select(Look).FirstOrDefault(language => language is not null);

    private Language? Look(string tag)
    {
        while (true)
        {
            if (Find(tag) is { } found)
            {
                return found;
            }

            if (tag.LastIndexOf('-') is var cut && cut <= 0)
            {
                return null;
            }

            // A single letter says only of which kind the next part would have been.
            tag = tag[..cut];
            tag = tag.Length > 2 && tag[^2] == '-' ? tag[..^2] : tag;
        }
    }

    private static string? NameOf(string folder)
    {
        try
        {
            return CultureInfo.GetCultureInfo(folder).Name;
        }
        catch (CultureNotFoundException)
        {
            return null;
        }
    }
}
