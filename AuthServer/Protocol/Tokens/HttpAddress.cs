using System.Globalization;
using System.Text;

namespace AuthServer.Protocol.Tokens;

/// <summary>One spelling for the addresses that are the same (RFC 3986 §6.2.2 and §6.2.3), without query and fragment: what <c>htu</c> is compared by.
/// Done here by hand, because the platform's type also repairs what is no address at all.</summary>
public static class HttpAddress
{
    private const int Longest = 2048;
    private const string NeverInAddresses = "\"<>\\^`{|}";

    /// <summary>Null: no absolute http or https address.</summary>
    public static string? Normalize(string text)
    {
        if (text.Length > Longest || text.Any(c => c is <= ' ' or >= '\x7f' || NeverInAddresses.Contains(c)))
        {
            return null;
        }

        var end = text.IndexOfAny(['?', '#']);
        var address = end < 0 ? text : text[..end];
        var separator = address.IndexOf("://", StringComparison.Ordinal);
        var scheme = separator < 0 ? "" : address[..separator].ToLowerInvariant();
        if (scheme is not ("http" or "https"))
        {
            return null;
        }

        var rest = address[(separator + 3)..];
        var slash = rest.IndexOf('/');
        return Authority(slash < 0 ? rest : rest[..slash], scheme) is { } authority && Unescape(slash < 0 ? "/" : rest[slash..]) is { } path
            ? $"{scheme}://{authority}{WithoutDots(path)}"
            : null;
    }

    /// <summary>The host in lower case, and the port where it is not the scheme's own.</summary>
    private static string? Authority(string text, string scheme)
    {
        var colon = text.IndexOf(':', Math.Max(text.IndexOf(']'), 0));
        var (host, port) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..]);

        // User information is a way to make an address look like another's; nothing of ours has it.
        if (host.Length == 0 || host.IndexOfAny(['@', '%']) >= 0 || !port.All(char.IsAsciiDigit) || port.Length > 5)
        {
            return null;
        }

        host = host.ToLowerInvariant();
        return port.Length == 0 || Number(port) == (scheme == "https" ? 443 : 80) ? host : $"{host}:{Number(port)}";
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    /// <summary>§6.2.2.1 and §6.2.2.2: hexadecimal digits in capitals; what needs no escape has none. Null: a percent sign that escapes nothing.</summary>
    private static string? Unescape(string path)
    {
        var result = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                result.Append(path[i]);
                continue;
            }

            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                return null;
            }

            var hex = path.Substring(i + 1, 2).ToUpperInvariant();
            var octet = (char)Convert.ToByte(hex, 16);
            _ = char.IsAsciiLetterOrDigit(octet) || octet is '-' or '.' or '_' or '~' ? result.Append(octet) : result.Append('%').Append(hex);
            i += 2;
        }

        return result.ToString();
    }

    /// <summary>§5.2.4.</summary>
    private static string WithoutDots(string path)
    {
        var segments = new List<string>();
        var parts = path.Split('/')[1..];
        for (var i = 0; i < parts.Length; i++)
        {
            var isLast = i == parts.Length - 1;
            if (parts[i] is "." or "..")
            {
                if (parts[i] == ".." && segments.Count > 0)
                {
                    segments.RemoveAt(segments.Count - 1);
                }

                if (isLast)
                {
                    segments.Add("");
                }
            }
            else
            {
                segments.Add(parts[i]);
            }
        }

        return "/" + string.Join('/', segments);
    }
}
