using System.Buffers.Binary;

namespace AuthServer.Branding.Pictures;

/// <summary>JPEG (ITU-T T.81, Annex B): its segments, read to the end of the file. Baseline and progressive, which are what browsers show.</summary>
internal static class JpegPicture
{
    private const byte Start = 0xd8;
    private const byte End = 0xd9;
    private const byte StartOfScan = 0xda;

    public static bool Is(ReadOnlySpan<byte> sent) => sent is [0xff, Start, 0xff, ..];

    /// <summary>Null: it is broken.</summary>
    public static Picture? Read(ReadOnlySpan<byte> sent)
    {
        using var kept = new MemoryStream();
        kept.Write(sent[..2]);
        (int Width, int Height)? size = null;
        var scans = 0;
        for (var at = 2; at + 1 < sent.Length && sent[at] == 0xff;)
        {
            var marker = sent[at + 1];
            if (marker == End)
            {
                kept.Write([0xff, End]);
                return at + 2 == sent.Length && scans > 0 && size is var (width, height) ? new Picture(PictureKind.Jpeg, width, height, kept.ToArray()) : null;
            }

            if (Segment(sent[at..]) is not { Length: > 0 } segment || !Takes(marker, segment, ref size))
            {
                return null;
            }

            if (size is var (wide, high) && !Picture.Fits(wide, high))
            {
                return new Picture(PictureKind.Jpeg, wide, high, []);
            }

            var length = segment.Length;
            if (marker == StartOfScan)
            {
                scans++;
                length += ScanLength(sent[(at + length)..]);
            }

            if (IsKept(marker, segment))
            {
                kept.Write(sent.Slice(at, length));
            }

            at += length;
        }

        return null;
    }

    /// <summary>The segment that begins here, with its marker; empty: there is no whole one.</summary>
    private static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> rest) =>
        rest.Length >= 4 && BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) is >= 2 and var length && length <= rest.Length - 2 ? rest[..(length + 2)] : [];

    private static bool Takes(byte marker, ReadOnlySpan<byte> segment, ref (int Width, int Height)? size)
    {
        if (marker is 0xc0 or 0xc1 or 0xc2)
        {
            if (size is not null || segment.Length < 10)
            {
                return false;
            }

            size = (BinaryPrimitives.ReadUInt16BigEndian(segment[7..]), BinaryPrimitives.ReadUInt16BigEndian(segment[5..]));
            return true;
        }

        // Tables, restarts, what applications add, comments; a scan only where the size is known.
        return marker is 0xdb or 0xc4 or 0xdd or 0xfe or (>= 0xe0 and <= 0xef) || (marker == StartOfScan && size is not null);
    }

    /// <summary>Of what applications add, only that by which colours are read. Where a picture was taken, by whom and with what is no part of a logo.</summary>
    private static bool IsKept(byte marker, ReadOnlySpan<byte> segment) => marker switch
    {
        0xe0 => segment.Length == 18 && segment[4..].StartsWith("JFIF\0"u8),
        0xee => segment.Length == 16 && segment[4..].StartsWith("Adobe"u8),
        0xfe or (>= 0xe0 and <= 0xef) => false,
        _ => true,
    };

    /// <summary>How far the pixels reach: to the next marker that neither stands for itself nor restarts.</summary>
    private static int ScanLength(ReadOnlySpan<byte> rest)
    {
        for (var at = 0; at + 1 < rest.Length; at++)
        {
            if (rest[at] == 0xff && rest[at + 1] is not (0x00 or (>= 0xd0 and <= 0xd7)))
            {
                return at;
            }
        }

        return rest.Length;
    }
}
