using System.Buffers.Binary;

namespace AuthServer.Branding.Pictures;

/// <summary>The first chunk of a PNG picture (§11.2.1), as far as it says how many octets the pixels unfold to.</summary>
internal sealed record PngHeader(int Width, int Height, int BitsPerPixel, bool IsInterlaced)
{
    private const int Length = 13;

    /// <summary>§8.1: of each of the seven passes, where its first pixel is and how far the next is.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Each line has an octet before it that says how it was filtered.</summary>
    public long UnfoldedLength => IsInterlaced ? Passes.Sum(pass => Lines(Steps(Width, pass.X, pass.StepX), Steps(Height, pass.Y, pass.StepY))) : Lines(Width, Height);

    /// <summary>Null: it is none.</summary>
    public static PngHeader? Read(ReadOnlySpan<byte> data)
    {
        if (data.Length != Length || data[10] != 0 || data[11] != 0 || data[12] > 1)
        {
            return null;
        }

        var (width, height, depth) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]), (int)data[8]);
        int? channels = (data[9], depth) switch
        {
            (0, 1 or 2 or 4 or 8 or 16) or (3, 1 or 2 or 4 or 8) => 1,
            (2, 8 or 16) => 3,
            (4, 8 or 16) => 2,
            (6, 8 or 16) => 4,
            _ => null,
        };
        return channels is { } known && width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue ? new PngHeader((int)width, (int)height, depth * known, data[12] == 1) : null;
    }

    private static int Steps(int length, int first, int step) => (length - first + step - 1) / step;

    private long Lines(long width, long height) => width <= 0 || height <= 0 ? 0 : height * (1 + (((width * BitsPerPixel) + 7) / 8));
}
