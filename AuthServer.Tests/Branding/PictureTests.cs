using System.Text;
using AuthServer.Branding.Pictures;

namespace AuthServer.Tests.Branding;

/// <summary>What a picture is, and is not, is read from its content.</summary>
public sealed class PictureTests
{
    public static TheoryData<string, byte[]> Good => new()
    {
        { "image/png", TestPictures.Png() },
        { "image/png", TestPictures.Png(1024, 256) },
        { "image/png", TestPictures.Png(33, 45, interlaced: true) },
        { "image/jpeg", TestPictures.Jpeg() },
        { "image/webp", TestPictures.WebP() },
        { "image/webp", TestPictures.WebP(extended: true) },
    };

    [Theory]
    [MemberData(nameof(Good))]
    public void A_picture_of_each_kind_is_known_by_its_content(string mediaType, byte[] sent)
    {
        var (picture, fault) = Picture.Read(sent, mediaType);
        Assert.Null(fault);
        Assert.Equal(mediaType, picture!.MediaType);
        Assert.Null(Picture.Read(picture.Content, null).Fault);
        Assert.Equal(picture.Hash, Picture.Read(picture.Content, null).Picture!.Hash);
    }

    [Fact]
    public void A_plain_picture_is_kept_as_it_was_sent() => Assert.All(
        [TestPictures.Png(), TestPictures.WebP()], sent => Assert.Equal(sent, Picture.Read(sent, null).Picture!.Content));

    [Fact]
    public void What_a_file_says_besides_its_picture_is_left_out()
    {
        (string, byte[])[] more = [("tEXt", "Comment\0<script>alert(1)</script>"u8.ToArray()), ("iCCP", [.. "x\0\0"u8, .. TestPictures.Zip(new byte[10_000_000])]), ("eXIf", "home"u8.ToArray()), ("gAMA", [0, 0, 0xb1, 0x8f])];
        var png = Picture.Read(TestPictures.Png(more: more), null).Picture!;
        Assert.Equal(TestPictures.Png(more: [more[3]]), png.Content);

        var jpeg = Encoding.Latin1.GetString(Picture.Read(TestPictures.Jpeg(), null).Picture!.Content);
        Assert.Contains("JFIF", jpeg, StringComparison.Ordinal);
        Assert.DoesNotContain("Ada", jpeg, StringComparison.Ordinal);
        Assert.DoesNotContain("script", jpeg, StringComparison.Ordinal);

        var webp = Picture.Read(TestPictures.WebP(extended: true, more: [("EXIF", "home"u8.ToArray()), ("XMP ", "<x>"u8.ToArray())]), null).Picture!;
        Assert.Equal(webp.Content.Length - 8, BitConverter.ToInt32(webp.Content, 4));
        Assert.DoesNotContain("EXIF", Encoding.Latin1.GetString(webp.Content), StringComparison.Ordinal);
        Assert.Equal(0, webp.Content[20] & 0x2f);
    }

    public static TheoryData<string, byte[]> Bad => new()
    {
        { "nothing", [] },
        { "a drawing", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"u8.ToArray() },
        { "a page", "<!doctype html><script>alert(1)</script>"u8.ToArray() },
        { "another format", "GIF89a"u8.ToArray() },
        { "a head alone", TestPictures.Png()[..20] },
        { "a page behind it", [.. TestPictures.Png(), .. "<script>alert(1)</script>"u8] },
        { "a page behind it", TestPictures.Jpeg(behind: "<script>alert(1)</script>"u8.ToArray()) },
        { "a page behind it", [.. TestPictures.WebP(), .. "<script>alert(1)</script>"u8] },
        { "cut off", TestPictures.Png()[..^1] },
        { "cut off", TestPictures.Jpeg()[..^1] },
        { "cut off", TestPictures.WebP()[..^1] },
        { "a damaged octet", Changed(TestPictures.Png(), at: 60) },
        { "a length beyond its end", Changed(TestPictures.Png(), at: 33) },
        { "more rows than it says", TestPictures.Png(extraRows: 1) },
        { "fewer rows than it says", TestPictures.Png(extraRows: -1) },
        { "pixels without end", TestPictures.Png(extraRows: 500_000) },
        { "no pixels", TestPictures.Png([("IHDR", [0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 0]), ("IEND", [])]) },
        { "pixels that are not packed", TestPictures.Png([("IHDR", [0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 0]), ("IDAT", [1, 2, 3]), ("IEND", [])]) },
        { "two heads", TestPictures.Png(more: [("IHDR", [0, 0, 0, 64, 0, 0, 0, 64, 8, 0, 0, 0, 0])]) },
        { "no head", TestPictures.Png([("IDAT", [1]), ("IEND", [])]) },
        { "a colour type that is none", TestPictures.Png([("IHDR", [0, 0, 0, 64, 0, 0, 0, 64, 8, 5, 0, 0, 0]), ("IEND", [])]) },
        { "something critical that nobody knows", TestPictures.Png(more: [("EVIL", [1])]) },
        { "a size that differs from the canvas", Changed(TestPictures.WebP(extended: true), at: 24) },
        { "a moving picture", TestPictures.WebP(extended: true, more: [("ANMF", new byte[16])]) },
        { "31 pixels", TestPictures.Png(31, 64) },
        { "1025 pixels", TestPictures.Png(64, 1025) },
        { "a huge size", TestPictures.Png([("IHDR", [0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 8, 0, 0, 0, 0]), ("IDAT", TestPictures.Zip(new byte[1_000_000])), ("IEND", [])]) },
        { "a huge size", TestPictures.Jpeg(65535, 65535) },
        { "a huge size", TestPictures.WebP(16384, 16384) },
        { "no height", TestPictures.Jpeg(64, 0) },
        { "five times as long as high", TestPictures.Png(320, 64) },
        { "five times as high as long", TestPictures.Jpeg(64, 320) },
        { "too many octets", TestPictures.Png(more: [("tEXt", new byte[256 * 1024])]) },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Anything_else_is_none(string why, byte[] sent)
    {
        var (picture, fault) = Picture.Read(sent, null);
        Assert.True(picture is null, why);
        Assert.NotEmpty(fault!);
    }

    [Fact]
    public void A_picture_that_is_called_another_kind_is_refused() =>
        Assert.Contains("Content-Type", Picture.Read(TestPictures.Jpeg(), "image/png").Fault, StringComparison.Ordinal);

    /// <summary>Whatever is cut out of a good picture or changed in it, reading it ends with an answer.</summary>
    [Fact]
    public void No_damage_makes_the_reader_fail()
    {
        byte[][] all = [TestPictures.Png(32, 32), TestPictures.Jpeg(), TestPictures.WebP(extended: true)];
        foreach (var good in all)
        {
            for (var at = 0; at < good.Length; at++)
            {
                Assert.Null(Picture.Read(good.AsSpan(0, at), null).Picture);
                _ = Picture.Read(Changed(good, at), null);
            }
        }
    }

    private static byte[] Changed(byte[] good, int at)
    {
        byte[] bad = [.. good];
        bad[at] ^= 0xff;
        return bad;
    }
}
