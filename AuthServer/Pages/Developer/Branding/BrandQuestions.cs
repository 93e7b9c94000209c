using AuthServer.Branding;
using AuthServer.Pages.Forms;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Branding;

/// <summary>A brand as a form asks for it.</summary>
internal static class BrandQuestions
{
    public static IReadOnlyList<Question> Look(BrandDetail brand, string organization) =>
    [
        new("name", T("Name as shown")) { Value = brand.Name ?? "", MaxLength = BrandRules.LongestName, Hint = T("Without one: {0}", Names.Shown(organization)) },
        new("colour", T("Colour")) { Value = brand.Colour ?? "", MaxLength = 7, Hint = T("As #rrggbb. It is made darker or lighter where it has to be, so that it stands out in the light and in the dark.") },
    ];

    /// <param name="tags">Of the languages that there are fields for.</param>
    public static Question Language(BrandDetail brand, IEnumerable<string> tags) => new("language", T("For readers of other languages"), QuestionKind.Choice)
    {
        Value = brand.Language ?? "",
        Options = [new("", T("English, else the first that has texts")), .. tags.Select(tag => new PossibleAnswer(tag, NameOf(tag)) { Language = tag })],
    };

    public static IReadOnlyList<Question> Texts(BrandDetail brand, string tag)
    {
        var texts = brand.Texts.GetValueOrDefault(tag) ?? new BrandTexts();
        return
        [
            new($"texts.{tag}.headline", T("One sentence about what you do")) { Value = texts.Headline ?? "", MaxLength = BrandRules.LongestText, Hint = T("It stands in a box under your name. Links in it stay text.") },
            new($"texts.{tag}.help", T("One sentence for whoever does not know what to do")) { Value = texts.Help ?? "", MaxLength = BrandRules.LongestText },
            new($"texts.{tag}.support", T("Where people get help")) { Value = texts.Support ?? "", MaxLength = BrandRules.LongestAddress, Hint = T("Begins with https:// or mailto:") },
            new($"texts.{tag}.privacy", T("Privacy policy")) { Value = texts.Privacy ?? "", MaxLength = BrandRules.LongestAddress, Hint = T("Begins with https://") },
            new($"texts.{tag}.terms", T("Terms of use")) { Value = texts.Terms ?? "", MaxLength = BrandRules.LongestAddress, Hint = T("Begins with https://") },
        ];
    }

    /// <summary>A language as those who speak it call it.</summary>
    public static string NameOf(string tag) => AuthServer.Languages.Language.Of(tag).OwnName;
}

/// <summary>The texts in one language, as a part of a form.</summary>
/// <param name="Open">Whether it is in front of the reader.</param>
public sealed record LanguagePart(string Tag, string Name, IReadOnlyList<Question> Questions, bool Open);

/// <summary>What people would see.</summary>
/// <param name="Organization">Its own name, which stays whatever it shows.</param>
/// <param name="Language">Whose texts are looked at.</param>
public sealed record BrandPreview(ShownBrand Brand, string Organization, string Language)
{
    public SaidView Said => new(Brand) { Language = Language };
}
