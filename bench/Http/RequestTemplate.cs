using System.Buffers.Text;
using System.Text;

namespace AuthServer.Bench.Http;

/// <summary>A request whose bytes are made once; only what changes is written again.</summary>
public sealed class RequestTemplate
{
    private readonly byte[] _head;
    private readonly byte[] _bodyStart;
    private readonly byte[] _bodyEnd;
    private readonly bool _hasBody;

    private RequestTemplate(string head, string bodyStart, string bodyEnd, bool hasBody)
    {
        _head = Encoding.ASCII.GetBytes(head);
        _bodyStart = Encoding.ASCII.GetBytes(bodyStart);
        _bodyEnd = Encoding.ASCII.GetBytes(bodyEnd);
        _hasBody = hasBody;
    }

    public static RequestTemplate Get(Uri url, string headers = "") =>
        new($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n{headers}\r\n", "", "", hasBody: false);

    /// <summary>A form with one value that is filled in later: <c>bodyStart + value + bodyEnd</c>.</summary>
    public static RequestTemplate Post(Uri url, string headers, string bodyStart, string bodyEnd = "") =>
        new($"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n{headers}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ",
            bodyStart, bodyEnd, hasBody: true);

    public static RequestTemplate PostJson(Uri url, string headers, string body) =>
        new($"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\n{headers}Content-Type: application/json\r\nContent-Length: ", body, "", hasBody: true);

    /// <summary>RFC 6749 §2.3.1, for ids and secrets that need no encoding.</summary>
    public static string Basic(string clientId, string secret) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{clientId}:{secret}"))}\r\n";

    public int Write(Span<byte> destination, ReadOnlySpan<byte> value = default)
    {
        _head.CopyTo(destination);
        var length = _head.Length;
        if (!_hasBody)
        {
            return length;
        }

        Utf8Formatter.TryFormat(_bodyStart.Length + value.Length + _bodyEnd.Length, destination[length..], out var digits);
        length += digits;
        Append("\r\n\r\n"u8, destination, ref length);
        Append(_bodyStart, destination, ref length);
        Append(value, destination, ref length);
        Append(_bodyEnd, destination, ref length);
        return length;
    }

    private static void Append(ReadOnlySpan<byte> part, Span<byte> destination, ref int length)
    {
        part.CopyTo(destination[length..]);
        length += part.Length;
    }
}
