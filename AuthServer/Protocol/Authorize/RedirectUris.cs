using System.Buffers;

namespace AuthServer.Protocol.Authorize;

/// <summary>Which redirect URIs can be registered, and when a request's URI is a registered one.</summary>
public static class RedirectUris
{
    // RFC 1035 §3.1.
    private const int LongestHost = 253;

    private static readonly string[] Loopbacks = ["http://127.0.0.1", "http://[::1]", "http://localhost"];

    // Schemes that run or read something in the browser instead of leading to an application.
    private static readonly string[] Dangerous =
        ["javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source", "ftp", "ws", "wss", "mailto", "tel"];

    // RFC 3986: what a URI is made of. No backslash, space, control or non-ASCII character, which browsers repair in their own ways.
    private static readonly SearchValues<char> Legal = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?[]@!$&'()*+,;=%");

    /// <summary>Why a URI cannot be registered, in a sentence; null when it can.</summary>
    public static string? Refuse(string uri, bool native)
    {
        if (uri.Length > 2000 || uri.AsSpan().IndexOfAnyExcept(Legal) >= 0)
        {
            return "is too long, has a fragment, or holds a character that a URI cannot";
        }

        // RFC 9700 §2.1: URIs are compared as they stand. Who writes a star means something else, and would find out at the first sign-in; in a host it
        // makes what no parser takes, which is not what is wrong with it.
        var colon = uri.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && uri[..colon] is ("https" or "http") && uri.Contains('*', StringComparison.Ordinal))
        {
            return "has a *, which stands for nothing here: name each address";
        }

        if (colon <= 0 || !Uri.TryCreate(uri, UriKind.Absolute, out var parsed))
        {
            return "is not an absolute URI";
        }

        var scheme = uri[..colon];
        if (scheme is "https" or "http")
        {
            return RefuseWeb(uri, scheme, parsed);
        }

        if (Dangerous.Contains(parsed.Scheme, StringComparer.OrdinalIgnoreCase) || parsed.Scheme is "http" or "https")
        {
            return "has a scheme that cannot be used here";
        }

        // RFC 8252 §7.1: private-use schemes are for native applications.
        return native ? null : "has a private-use scheme, which only a native client may have";
    }

    /// <summary>RFC 9700 §2.1: exact string comparison; RFC 8252 §7.3: of a loopback URI the port may differ.</summary>
    public static bool Matches(string registered, string requested) =>
        string.Equals(registered, requested, StringComparison.Ordinal)
        || (WithoutLoopbackPort(registered) is { } left
            && WithoutLoopbackPort(requested) is { } right
            && string.Equals(left, right, StringComparison.Ordinal));

    public static bool IsLoopback(string uri) => WithoutLoopbackPort(uri) is not null;

    private static string? RefuseWeb(string uri, string scheme, Uri parsed)
    {
        if (uri.Length < scheme.Length + 4 || !uri.AsSpan(scheme.Length).StartsWith("://", StringComparison.Ordinal))
        {
            return "has no host";
        }

        // The URI must already be in the form that every parser agrees on: no user info, dot segments, odd host spellings or port 0.
        // An empty user info is one too, and only the text shows it.
        var afterHost = uri.IndexOfAny(['/', '?'], scheme.Length + 3);
        var authority = afterHost < 0 ? uri[(scheme.Length + 3)..] : uri[(scheme.Length + 3)..afterHost];
        if (authority.Contains('@', StringComparison.Ordinal) || parsed.Host.Length is 0 or > LongestHost || parsed.Port == 0 || parsed.Host.EndsWith('.'))
        {
            return "has user info, no host, one too long, a trailing dot or port 0";
        }

        var normal = parsed.AbsoluteUri;
        if (normal != uri && normal != (afterHost < 0 ? uri + "/" : uri) && !SameButDefaultPort(uri, normal, parsed))
        {
            return "is not in its normal form (host in lower case, no dot segments)";
        }

        return scheme == "http" && !IsLoopback(uri) ? "must use https (plain http is for loopback)" : null;
    }

    private static bool SameButDefaultPort(string uri, string normal, Uri parsed) =>
        parsed.IsDefaultPort && uri.Replace($":{parsed.Port}", "", StringComparison.Ordinal) is { } bare && (bare == normal || bare + "/" == normal);

    /// <summary>The URI without its port when it is plain http on loopback; else null. Works on the string as it stands:
    /// a parser that repairs its input would let unequal strings match.</summary>
    private static string? WithoutLoopbackPort(string uri)
    {
        foreach (var loopback in Loopbacks)
        {
            if (!uri.StartsWith(loopback, StringComparison.Ordinal))
            {
                continue;
            }

            var rest = uri.AsSpan(loopback.Length);
            if (rest.IsEmpty || rest[0] is '/' or '?')
            {
                return uri;
            }

            if (rest[0] != ':')
            {
                return null;
            }

            var digits = rest[1..].IndexOfAnyExceptInRange('0', '9');
            var port = digits < 0 ? rest[1..] : rest.Slice(1, digits);
            var after = rest[(1 + port.Length)..];
            return ushort.TryParse(port, out var number) && number > 0 && (after.IsEmpty || after[0] is '/' or '?')
                ? string.Concat(loopback, after)
                : null;
        }

        return null;
    }
}
