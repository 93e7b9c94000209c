using System.Globalization;
using System.Text.Unicode;
using AuthServer.Http.Api;

namespace AuthServer.Vault.Proxy;

/// <summary>Where below an API's base a call goes, as its caller wrote it: escapes stay as they are, and nothing leads out of the base.</summary>
/// <param name="Path">Without a slash at its beginning; empty: the base itself.</param>
/// <param name="Query">With its question mark; empty: there is none.</param>
public sealed record ProxyPath(string Path, string Query)
{
    private const int Longest = 8000;

    // Whoever encodes twice is read twice by somebody behind it. Nobody has a reason to do so more often.
    private const int MostDecodings = 4;

    private static readonly Problem Refused = Problem.Malformed(
        "path_refused", "The path must lead to something below the connection's base address: no . or .. segments, no empty ones, no backslashes, in whatever encoding.")
        with
    { Reason = "path_refused" };

    private static readonly Problem TooLong = Problem.Malformed("path_too_long", $"The path and its query may have {Longest} characters.");

    /// <summary>As the provider reads it, for policies: whoever writes a letter as %61 gets around none.</summary>
    public string Decoded => Uri.UnescapeDataString(Path);

    /// <summary>As a server reads it that decodes it again, and takes segments' parameters and the white space around them off; null: no otherwise.</summary>
    public string? Careless
    {
        get
        {
            var read = Decoded;
            for (var i = 1; i < MostDecodings; i++)
            {
                read = Uri.UnescapeDataString(read);
            }

            read = string.Join('/', read.Split('/').Select(Bare));
            return read == Decoded ? null : read;
        }
    }

    /// <summary>What follows so many segments of a request's own target (RFC 9112 §3.2). Null: nothing does, not even a slash.</summary>
    /// <param name="target">As it was sent: an origin's form, or a proxy's.</param>
    public static string? After(string target, int segments)
    {
        var at = target.StartsWith('/') ? 0 : target.IndexOf('/', Math.Max(0, target.IndexOf("://", StringComparison.Ordinal) + 3));
        for (var i = 0; at >= 0 && i < segments; i++)
        {
            at = target.IndexOf('/', at + 1);
        }

        // What stands in the query is no segment.
        return at < 0 || target.IndexOf('?', StringComparison.Ordinal) is > 0 and var query && query < at ? null : target[(at + 1)..];
    }

    /// <param name="text">A path with its query, without a slash at its beginning.</param>
    public static Answer<ProxyPath> Read(string text)
    {
        var question = text.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (text, "") : (text[..question], text[question..]);
        return text.Length > Longest ? TooLong
            : text.Any(c => c is '#' or '\\' or <= ' ' or > '~') || !StaysBelow(path) ? Refused
            : new ProxyPath(path, query.Length == 1 ? "" : query);
    }

    private static bool StaysBelow(string path)
    {
        for (var i = 0; i < MostDecodings; i++)
        {
            var segments = path.Split('/', '\\');

            // A slash at the end is common; a last segment alone may be empty.
            if (path.Any(c => c is '\\' or '\0' || char.IsControl(c)) || segments.Any(IsNothing) || segments.SkipLast(1).Any(segment => segment.Length == 0) || !HoldsUtf8(path))
            {
                return false;
            }

            var decoded = Uri.UnescapeDataString(path);
            if (decoded == path)
            {
                return true;
            }

            path = decoded;
        }

        return false;
    }

    /// <summary>Some servers take a segment's parameters off (RFC 3986 §3.3), and white space around it, before they look whether it is dots, or nothing.</summary>
    private static bool IsNothing(string segment) => segment.Length > 0 && (Bare(segment) is "" or "." or "..");

    private static string Bare(string segment) => segment.Split(';', 2)[0].Trim();

    /// <summary>RFC 3629 §3: escapes that are no UTF-8 are read by some as the letter that they would be if it were written too long.</summary>
    private static bool HoldsUtf8(string path)
    {
        var octets = new List<byte>();
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && byte.TryParse(path.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                octets.Add(octet);
                i += 2;
            }
            else
            {
                octets.Add((byte)'.');
            }
        }

        return Utf8.IsValid(octets.ToArray());
    }
}
