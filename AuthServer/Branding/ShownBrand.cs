using System.Globalization;
using System.Text.Json;
using AuthServer.Http.Api;

namespace AuthServer.Branding;

/// <summary>A brand as the pages wear it on which people are asked in an organization's name.</summary>
/// <param name="Name">As shown.</param>
/// <param name="Logo">Its path on this server; null: there is none.</param>
/// <param name="Colour">Null: this server's.</param>
public sealed record ShownBrand(string OrganizationId, string Name, ShownLogo? Logo, AccentColour? Colour, string? Language, IReadOnlyDictionary<string, BrandTexts> Texts)
{
    /// <summary>The stylesheet that gives a page the colour; null: it keeps this server's.</summary>
    public string? Stylesheet => Colour is { } colour ? AccentStylesheet.Address(colour) : null;

    /// <summary>What it says to readers of a language: in that one, or in a wider form of it, else in the organization's own. A part that is missing there is taken from its own.</summary>
    /// <param name="tag">The reader's.</param>
    public IReadOnlyList<SaidText> In(string tag)
    {
        var chosen = new[] { tag, tag.Split('-')[0] }.FirstOrDefault(Texts.ContainsKey);
        IEnumerable<string> order = new[] { chosen, Language }.OfType<string>().Where(Texts.ContainsKey).Distinct();
        return [.. Enum.GetValues<SaidPart>().Select(part => order.Select(language => new SaidText(part, Part(Texts[language], part) ?? "", language)).FirstOrDefault(said => said.Text.Length > 0)).OfType<SaidText>()];
    }

    internal static ShownBrand Of(StoredBrand stored) => new(
        stored.OrganizationId,
        stored.Brand?.Name ?? stored.OrganizationName,
        stored.Logo is { } logo ? new ShownLogo(logo.AddressIn(stored.OrganizationId), logo.Width, logo.Height) : null,
        stored.Brand?.Colour is { } rgb ? new AccentColour(rgb) : null,
        stored.Brand?.Language,
        TextsOf(stored.Brand?.Texts));

    internal static IReadOnlyDictionary<string, BrandTexts> TextsOf(string? json) =>
        json is null ? new Dictionary<string, BrandTexts>() : JsonSerializer.Deserialize<Dictionary<string, BrandTexts>>(json, ApiJson.Options)!;

    private static string? Part(BrandTexts texts, SaidPart part) => part switch
    {
        SaidPart.Headline => texts.Headline,
        SaidPart.Help => texts.Help,
        SaidPart.Support => texts.Support,
        SaidPart.Privacy => texts.Privacy,
        _ => texts.Terms,
    };
}

public sealed record ShownLogo(string Address, int Width, int Height);

/// <summary>In the order in which they are shown.</summary>
public enum SaidPart
{
    Headline,
    Help,
    Support,
    Privacy,
    Terms,
}

/// <summary>One thing that an organization says.</summary>
/// <param name="Text">A sentence, or an address.</param>
/// <param name="Language">Of the sentence, by its tag.</param>
public sealed record SaidText(SaidPart Part, string Text, string Language)
{
    public bool IsAddress => Part >= SaidPart.Support;

    /// <summary>Where an address leads, for people to read: a host in ASCII, or a mailbox.</summary>
    public string Host => BrandRules.Mailbox(Text) ?? BrandRules.Https(Text)?.IdnHost ?? "?";

    public bool IsRightToLeft => CultureInfo.GetCultureInfo(Language).TextInfo.IsRightToLeft;
}
