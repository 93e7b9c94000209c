using System.Buffers.Text;

namespace AuthServer.Bench.Http;

/// <summary>RFC 9112 §7.1: the chunked transfer coding, without extensions and trailers.</summary>
internal static class Chunks
{
    /// <summary>Joins the chunks at the start of the buffer, once all are there; false (and nothing moved) before that.</summary>
    public static bool TryJoin(Span<byte> buffer, out int length)
    {
        length = 0;
        if (!buffer.EndsWith("0\r\n\r\n"u8) || !IsComplete(buffer))
        {
            return false;
        }

        var read = 0;
        while (Next(buffer[read..], out var start, out var size) && size > 0)
        {
            buffer.Slice(read + start, size).CopyTo(buffer[length..]);
            length += size;
            read += start + size + 2;
        }

        return true;
    }

    private static bool IsComplete(ReadOnlySpan<byte> buffer)
    {
        while (Next(buffer, out var start, out var size))
        {
            if (buffer.Length < start + size + 2)
            {
                return false;
            }

            if (size == 0)
            {
                return true;
            }

            buffer = buffer[(start + size + 2)..];
        }

        return false;
    }

    private static bool Next(ReadOnlySpan<byte> buffer, out int start, out int size)
    {
        start = size = 0;
        var line = buffer.IndexOf("\r\n"u8);
        if (line < 0)
        {
            return false;
        }

        start = line + 2;
        return Utf8Parser.TryParse(buffer[..line], out size, out var used, 'x') && used == line
            ? true
            : throw new InvalidDataException("A chunk has no size.");
    }
}
