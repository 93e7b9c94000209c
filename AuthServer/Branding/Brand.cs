using AuthServer.Branding.Pictures;

namespace AuthServer.Branding;

/// <summary>How an organization shows itself to those who are asked in its name. Where it has none, it goes by its name alone.</summary>
public sealed class Brand
{
    public string OrganizationId { get; set; } = "";

    /// <summary>The name as shown; null: the organization's own.</summary>
    public string? Name { get; set; }

    /// <summary>The accent colour as a number, <c>0xRRGGBB</c>; null: this server's.</summary>
    public int? Colour { get; set; }

    /// <summary>Whose texts are shown to those whose language has none; null: there are no texts.</summary>
    public string? Language { get; set; }

    /// <summary>The texts by language, as JSON.</summary>
    public string Texts { get; set; } = "{}";

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Changes whenever the row does, or the logo.</summary>
    public string Version { get; set; } = "";
}

/// <summary>The picture of an organization, apart from what is read with every page.</summary>
public sealed class BrandLogo
{
    public string OrganizationId { get; set; } = "";

    /// <summary>Of its content; a part of its address, so that another picture has another.</summary>
    public string Hash { get; set; } = "";

    public PictureKind Kind { get; set; }

    public int Width { get; set; }

    public int Height { get; set; }

    public byte[] Content { get; set; } = [];
}
