using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace AuthServer.Branding.Pictures;

/// <summary>Portable Network Graphics (W3C PNG, third edition): its chunks, read to the end of the file.</summary>
internal static class PngPicture
{
    private const int Frame = 12;

    /// <summary>What pixels and their colours need. Texts, profiles and the like may be packed so that they unfold without end, and are left out.</summary>
    private static readonly string[] Kept = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs"];

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n'];

    public static bool Is(ReadOnlySpan<byte> sent) => sent.StartsWith(Signature);

    /// <summary>Null: it is broken.</summary>
    public static Picture? Read(ReadOnlySpan<byte> sent)
    {
        using var kept = new MemoryStream();
        using var packed = new MemoryStream();
        kept.Write(Signature);
        PngHeader? header = null;
        for (var at = Signature.Length; Chunk(sent[at..]) is { Length: > 0 } chunk; at += chunk.Length)
        {
            var type = Encoding.Latin1.GetString(chunk[4..8]);
            var data = chunk[8..^4];
            if ((type == "IHDR") != (header is null) || (header is null && (header = PngHeader.Read(data)) is null))
            {
                return null;
            }

            if (!Picture.Fits(header.Width, header.Height))
            {
                return new Picture(PictureKind.Png, header.Width, header.Height, []);
            }

            if (Kept.Contains(type, StringComparer.Ordinal))
            {
                kept.Write(chunk);
            }
            else if (char.IsAsciiLetterUpper(type[0]))
            {
                // §5.4: whoever does not know a critical chunk cannot show the picture.
                return null;
            }

            if (type == "IDAT")
            {
                packed.Write(data);
            }

            if (type == "IEND")
            {
                packed.Position = 0;
                return at + chunk.Length == sent.Length && data.IsEmpty && Unfolds(packed, header.UnfoldedLength) ? new Picture(PictureKind.Png, header.Width, header.Height, kept.ToArray()) : null;
            }
        }

        return null;
    }

    /// <summary>The chunk that begins here, with its frame; empty: there is no whole one, or its check does not hold.</summary>
    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> rest)
    {
        var length = rest.Length < Frame ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - Frame)
        {
            return [];
        }

        var chunk = rest[..(int)(length + Frame)];
        return Check(chunk[4..^4]) == BinaryPrimitives.ReadUInt32BigEndian(chunk[^4..]) ? chunk : [];
    }

    /// <summary>Whether the pixels are as many as the header says: no fewer, and never more than are looked at.</summary>
    private static bool Unfolds(MemoryStream packed, long length)
    {
        try
        {
            using var pixels = new ZLibStream(packed, CompressionMode.Decompress);
            var buffer = new byte[64 * 1024];
            long total = 0;
            int read;
            while (total <= length && (read = pixels.Read(buffer)) > 0)
            {
                total += read;
            }

            return total == length;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Annex D: CRC-32.</summary>
    private static uint Check(ReadOnlySpan<byte> octets)
    {
        var crc = uint.MaxValue;
        foreach (var octet in octets)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xedb88320;
            }
        }

        return ~crc;
    }
}
