using System.Buffers.Text;
using System.Text;

namespace AuthServer.Bench.Http;

/// <summary>One HTTP/1.1 response, as spans of the connection's buffer: valid until the next receive.</summary>
public readonly ref struct HttpAnswer
{
    private HttpAnswer(int status, ReadOnlySpan<byte> location, ReadOnlySpan<byte> body)
    {
        Status = status;
        Location = location;
        Body = body;
    }

    public int Status { get; }

    public ReadOnlySpan<byte> Location { get; }

    public ReadOnlySpan<byte> Body { get; }

    /// <summary>False: more bytes are needed. Chunks are joined in place.</summary>
    /// <exception cref="InvalidDataException">Not a response that this reader understands.</exception>
    public static bool TryRead(Span<byte> received, out HttpAnswer answer)
    {
        answer = default;
        var headLength = received.IndexOf("\r\n\r\n"u8);
        if (headLength < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> head = received[..headLength];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
        {
            throw new InvalidDataException("The answer is not HTTP/1.1.");
        }

        var length = 0;
        var chunked = false;
        ReadOnlySpan<byte> location = default;
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            if (Value(line, "content-length:"u8, out var value))
            {
                length = Utf8Parser.TryParse(value, out int number, out _) ? number : throw new InvalidDataException("Content-Length is no number.");
            }
            else if (Value(line, "transfer-encoding:"u8, out _))
            {
                chunked = true;
            }
            else if (Value(line, "location:"u8, out value))
            {
                location = value;
            }
        }

        var rest = received[(headLength + 4)..];
        if (chunked ? !Chunks.TryJoin(rest, out length) : rest.Length < length)
        {
            return false;
        }

        answer = new HttpAnswer(status, location, rest[..length]);
        return true;
    }

    private static bool Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name))
        {
            value = line[name.Length..].Trim((byte)' ');
            return true;
        }

        value = default;
        return false;
    }
}
