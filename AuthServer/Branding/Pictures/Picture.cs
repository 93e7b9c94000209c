using System.Security.Cryptography;

namespace AuthServer.Branding.Pictures;

/// <summary>The numbers are stored.</summary>
public enum PictureKind
{
    Png = 1,
    Jpeg = 2,
    WebP = 3,
}

/// <summary>A picture that was judged by what it is, and not by what it is called. Its pixels are as they were sent; what else the file said is gone.</summary>
/// <param name="Content">Empty where its size alone speaks against it.</param>
internal sealed record Picture(PictureKind Kind, int Width, int Height, byte[] Content)
{
    /// <summary>In octets, as it is sent.</summary>
    public const int Largest = 256 * 1024;

    private const int Shortest = 32;
    private const int Longest = 1024;
    private const int MostTimes = 4;

    private const string TooLarge = "The picture may have at most 256 KiB.";
    private const string OtherKind = "Send a PNG, JPEG or WebP picture. Drawings in SVG can hold programs and are not taken.";
    private const string Damaged = "This picture is damaged, moves, or holds what is no part of a picture. Save it anew as a plain PNG, JPEG or WebP.";
    private const string OtherSize = "Each side may have 32 to 1024 pixels.";
    private const string TooNarrow = "The long side may have at most four times the pixels of the short side.";
    private const string OtherName = "The picture is of another kind than its Content-Type says.";

    public string MediaType => MediaTypeOf(Kind);

    /// <summary>A part of its address.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, 16));

    public static string MediaTypeOf(PictureKind kind) => kind switch { PictureKind.Png => "image/png", PictureKind.Jpeg => "image/jpeg", _ => "image/webp" };

    /// <summary>What its address ends in.</summary>
    public static string EndingOf(PictureKind kind) => kind switch { PictureKind.Png => ".png", PictureKind.Jpeg => ".jpg", _ => ".webp" };

    /// <summary>Whether a picture of this size can be a logo: no other is looked at any further, since what it unfolds to is as large as it says.</summary>
    public static bool Fits(int width, int height) =>
        width is >= Shortest and <= Longest && height is >= Shortest and <= Longest && Math.Max(width, height) <= MostTimes * Math.Min(width, height);

    /// <param name="mediaType">What its sender calls it; null: nothing.</param>
    /// <returns>The picture, or a sentence.</returns>
    public static (Picture? Picture, string? Fault) Read(ReadOnlySpan<byte> sent, string? mediaType)
    {
        if (sent.Length > Largest)
        {
            return (null, TooLarge);
        }

        PictureKind? kind = PngPicture.Is(sent) ? PictureKind.Png : JpegPicture.Is(sent) ? PictureKind.Jpeg : WebPPicture.Is(sent) ? PictureKind.WebP : null;
        if (kind is not { } known)
        {
            return (null, OtherKind);
        }

        if (mediaType is not null && !mediaType.Equals(MediaTypeOf(known), StringComparison.OrdinalIgnoreCase))
        {
            return (null, OtherName);
        }

        var read = known switch { PictureKind.Png => PngPicture.Read(sent), PictureKind.Jpeg => JpegPicture.Read(sent), _ => WebPPicture.Read(sent) };
        return read is not { } picture ? (null, Damaged)
            : picture.Width is < Shortest or > Longest || picture.Height is < Shortest or > Longest ? (null, OtherSize)
            : !Fits(picture.Width, picture.Height) ? (null, TooNarrow)
            : (picture, null);
    }
}
