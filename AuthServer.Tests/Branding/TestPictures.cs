using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace AuthServer.Tests.Branding;

/// <summary>Pictures put together by hand, good and bad ones.</summary>
internal static class TestPictures
{
    public static byte[] Png(int width = 64, int height = 64, byte shade = 0x40, bool interlaced = false, int extraRows = 0, params (string Type, byte[] Data)[] more) => Png(
    [
        ("IHDR", [.. BigEndian(width), .. BigEndian(height), 8, 0, 0, 0, (byte)(interlaced ? 1 : 0)]),
        .. more,
        ("IDAT", Zip(Rows(interlaced, width, height + extraRows, shade))),
        ("IEND", []),
    ]);

    public static byte[] Png((string Type, byte[] Data)[] chunks)
    {
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n\x1a\n"u8]);
        foreach (var (type, data) in chunks)
        {
            byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
            file.Write([.. BigEndian(data.Length), .. named, .. BigEndian(unchecked((int)Crc(named)))]);
        }

        return file.ToArray();
    }

    /// <summary>Segments and a few octets of pixels, of which nobody here looks at what they show.</summary>
    public static byte[] Jpeg(int width = 64, int height = 64, params byte[] behind) =>
    [
        0xff, 0xd8,
        .. Segment(0xe0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]),
        .. Segment(0xe1, "Exif\0\0 taken at home by Ada"u8),
        .. Segment(0xfe, "<script>alert(1)</script>"u8),
        .. Segment(0xdb, new byte[65]),
        .. Segment(0xc0, [8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0x11, 0]),
        .. Segment(0xc4, new byte[19]),
        .. Segment(0xda, [1, 1, 0, 0, 63, 0]),
        0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56,
        0xff, 0xd9,
        .. behind,
    ];

    public static byte[] WebP(int width = 64, int height = 64, bool extended = false, params (string Type, byte[] Data)[] more)
    {
        var bits = (uint)((width - 1) | ((height - 1) << 14));
        byte[] pixels = [0x2f, (byte)bits, (byte)(bits >> 8), (byte)(bits >> 16), (byte)(bits >> 24), 0x01];
        byte[] canvas = [0x2c, 0, 0, 0, (byte)(width - 1), (byte)((width - 1) >> 8), 0, (byte)(height - 1), (byte)((height - 1) >> 8), 0];
        (string, byte[])[] chunks = extended ? [("VP8X", canvas), ("VP8L", pixels), .. more] : [("VP8L", pixels), .. more];
        byte[] inner = [.. "WEBP"u8, .. chunks.SelectMany(chunk => Chunk(chunk.Item1, chunk.Item2))];
        return [.. "RIFF"u8, .. LittleEndian(inner.Length), .. inner];
    }

    private static byte[] Rows(bool interlaced, int width, int height, byte shade)
    {
        using var rows = new MemoryStream();
        (int X, int Y, int StepX, int StepY)[] passes = interlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        foreach (var (x, y, stepX, stepY) in passes)
        {
            for (var row = y; row < height; row += stepY)
            {
                rows.WriteByte(0);
                rows.Write(Enumerable.Repeat(shade, (width - x + stepX - 1) / stepX).ToArray());
            }
        }

        return rows.ToArray();
    }

    public static byte[] Zip(byte[] octets)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            zip.Write(octets);
        }

        return packed.ToArray();
    }

    private static byte[] Segment(byte marker, ReadOnlySpan<byte> data) => [0xff, marker, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2), .. data];

    private static byte[] Chunk(string type, byte[] data) => [.. Encoding.ASCII.GetBytes(type), .. LittleEndian(data.Length), .. data, .. new byte[data.Length & 1]];

    private static byte[] BigEndian(int number)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(octets, number);
        return octets;
    }

    private static byte[] LittleEndian(int number)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(octets, number);
        return octets;
    }

    // By a table, as the specification's own sample does it, so that it is not the product's own way.
    private static uint Crc(byte[] octets)
    {
        var table = Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) != 0 ? 0xedb88320 ^ (c >> 1) : c >> 1)).ToArray();
        return octets.Aggregate(0xffffffffu, (crc, octet) => table[(crc ^ octet) & 0xff] ^ (crc >> 8)) ^ 0xffffffffu;
    }
}
