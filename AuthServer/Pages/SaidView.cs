using AuthServer.Branding;

namespace AuthServer.Pages;

/// <summary>What an organization says on a page, in the language of whoever reads it.</summary>
public sealed record SaidView(ShownBrand Brand)
{
    /// <summary>The reader's, or the one that is to be looked at.</summary>
    public string Language { get; init; } = Texts.Language.Tag;

    /// <summary>Where something went wrong, only what helps.</summary>
    public bool HelpOnly { get; init; }

    /// <summary>Where on a page it stands, where it stands there twice.</summary>
    public string Place { get; init; } = "page";

    public string TitleId => $"says-{Place}";

    public IReadOnlyList<SaidText> Sentences => [.. Brand.In(Language).Where(said => !said.IsAddress && !(HelpOnly && said.Part == SaidPart.Headline))];

    public IReadOnlyList<SaidText> Addresses => [.. Brand.In(Language).Where(said => said.IsAddress && !(HelpOnly && said.Part != SaidPart.Support))];

    /// <summary>The address is named by us, so that nobody can name it otherwise.</summary>
    public static string Label(SaidPart part) => part switch
    {
        SaidPart.Privacy => Texts.T("Privacy policy"),
        SaidPart.Terms => Texts.T("Terms of use"),
        _ => Texts.T("Support"),
    };
}
