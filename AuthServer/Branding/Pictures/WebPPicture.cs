using System.Buffers.Binary;
using System.Text;

namespace AuthServer.Branding.Pictures;

/// <summary>WebP (RFC 9649): its chunks, read to the end of the file. Still pictures only.</summary>
internal static class WebPPicture
{
    private const int Head = 12;
    private const byte AlphaFlag = 0x10;

    public static bool Is(ReadOnlySpan<byte> sent) => sent.Length >= Head && sent.StartsWith("RIFF"u8) && sent[8..].StartsWith("WEBP"u8);

    /// <summary>Null: it is broken.</summary>
    public static Picture? Read(ReadOnlySpan<byte> sent)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(sent[4..]) != sent.Length - 8)
        {
            return null;
        }

        using var kept = new MemoryStream();
        kept.Write(sent[..Head]);
        (int Width, int Height)? canvas = null, pixels = null;
        for (var at = Head; at < sent.Length;)
        {
            if (Chunk(sent[at..]) is not { Length: > 0 } chunk)
            {
                return null;
            }

            var type = Encoding.Latin1.GetString(chunk[..4]);
            var data = chunk[8..];
            switch (type)
            {
                case "VP8X" when at == Head && data.Length == 10:
                    canvas = (1 + ReadUInt24(data[4..]), 1 + ReadUInt24(data[7..]));

                    // What the flags announce besides is left out.
                    kept.Write([.. chunk[..8], (byte)(data[0] & AlphaFlag), 0, 0, 0, .. data[4..]]);
                    break;
                case "VP8 " or "VP8L" when pixels is null && Size(type, data) is { } size:
                    pixels = size;
                    kept.Write(chunk);
                    break;
                case "ALPH" when canvas is not null && pixels is null:
                    kept.Write(chunk);
                    break;
                case "ICCP" or "EXIF" or "XMP " when canvas is not null:
                    break;
                default:
                    return null;
            }

            at += chunk.Length;
        }

        return pixels is var (width, height) && (canvas is null || canvas == pixels) ? new Picture(PictureKind.WebP, width, height, Whole(kept)) : null;
    }

    /// <summary>The chunk that begins here, with its head and what fills it up to an even length; empty: there is no whole one.</summary>
    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> rest) =>
        rest.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) is var length && length + (length & 1) <= rest.Length - 8 ? rest[..(int)(8 + length + (length & 1))] : [];

    private static (int Width, int Height)? Size(string type, ReadOnlySpan<byte> data)
    {
        if (type == "VP8L")
        {
            // §3.4: 14 bits each, less one.
            return data.Length >= 5 && data[0] == 0x2f && BinaryPrimitives.ReadUInt32LittleEndian(data[1..]) is var bits ? ((int)(bits & 0x3fff) + 1, (int)((bits >> 14) & 0x3fff) + 1) : null;
        }

        // RFC 6386 §9.1: a key frame, its start code, 14 bits each.
        return data.Length >= 10 && (data[0] & 1) == 0 && data[3] == 0x9d && data[4] == 0x01 && data[5] == 0x2a
            ? (BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3fff, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3fff)
            : null;
    }

    private static int ReadUInt24(ReadOnlySpan<byte> data) => data[0] | (data[1] << 8) | (data[2] << 16);

    private static byte[] Whole(MemoryStream kept)
    {
        var content = kept.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(4), (uint)content.Length - 8);
        return content;
    }
}
