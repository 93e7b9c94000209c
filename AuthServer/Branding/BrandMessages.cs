using System.Text.Json.Serialization;
using AuthServer.Http.Api;

namespace AuthServer.Branding;

/// <summary>How an organization is to show itself, all of it but the logo: what is left out is as it was at first.</summary>
public sealed class BrandChange
{
    /// <summary>The name as shown; null: the organization's own.</summary>
    public string? Name { get; init; }

    /// <summary><c>#rrggbb</c>; null: this server's.</summary>
    public string? Colour { get; init; }

    /// <summary>Whose texts are shown to those whose language has none; null: the English ones, else the first.</summary>
    public string? Language { get; init; }

    /// <summary>By language (BCP 47).</summary>
    public Dictionary<string, BrandTexts?>? Texts { get; init; }
}

/// <summary>What an organization says on the pages where people are asked in its name, in one language.</summary>
public sealed record BrandTexts
{
    /// <summary>One sentence.</summary>
    public string? Headline { get; init; }

    /// <summary>One more, for those who do not know what to do.</summary>
    public string? Help { get; init; }

    /// <summary>Where people get help: <c>https:</c> or <c>mailto:</c>.</summary>
    public string? Support { get; init; }

    /// <summary>The privacy policy, <c>https:</c>.</summary>
    public string? Privacy { get; init; }

    /// <summary>The terms of use, <c>https:</c>.</summary>
    public string? Terms { get; init; }

    [JsonIgnore]
    public bool IsEmpty => this == new BrandTexts();
}

/// <summary>A brand as members see it.</summary>
/// <param name="Buttons">What is made of the colour; null: it is this server's.</param>
/// <param name="UpdatedAt">Null: nobody has changed it yet.</param>
public sealed record BrandDetail(
    string? Name, string? Colour, ButtonSet? Buttons, string? Language, IReadOnlyDictionary<string, BrandTexts> Texts, LogoDetail? Logo, DateTimeOffset? UpdatedAt, [property: JsonIgnore] string Version) : IVersioned
{
    /// <summary>Of what nobody has changed yet.</summary>
    public const string FirstVersion = "0";
}

/// <summary>The buttons of the pages that wear a brand.</summary>
public sealed record ButtonSet(ButtonColours Light, ButtonColours Dark);

/// <param name="Address">Its path on this server.</param>
/// <param name="Type">Of its content.</param>
public sealed record LogoDetail(string Address, string Type, int Width, int Height);
