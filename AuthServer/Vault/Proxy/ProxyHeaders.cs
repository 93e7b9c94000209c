using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Vault.Proxy;

/// <summary>Which headers go through, and which are the affair of one side alone.</summary>
public static class ProxyHeaders
{
    /// <summary>Names another of the API's hosts, for one call.</summary>
    public const string BaseUrl = "Vault-Base-Url";

    /// <summary>Names the kind of token, where an account has two.</summary>
    public const string TokenKind = "Vault-Token-Kind";

    /// <summary>On every answer that is the provider's own: one without it is this server's.</summary>
    public const string AnsweredBy = "Vault-Answered-By";

    // RFC 9110 §7.6.1, and what else frames a message.
    private static readonly string[] Framing =
    [
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length",
        "HTTP2-Settings", "Expect",
    ];

    private static readonly FrozenSet<string> NotSent = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        [
            .. Framing, "Host", BaseUrl, TokenKind,

            // The caller's credentials are for this server.
            "Authorization", "Cookie", "Cookie2", "X-Api-Key", "DPoP", "X-Organization",

            // Who calls, from where and by which ways, is no affair of the provider's.
            "User-Agent", "Forwarded", "Via", "X-Real-IP", "Origin", "Referer", "traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context",

            // Read aloud by some servers as another method, or another path: policies were asked about these.
            "X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL",

            // What this server may have to look into comes as it is.
            "Accept-Encoding",
        ]);

    private static readonly FrozenSet<string> NotAnswered = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        [
            .. Framing, AnsweredBy,

            // What would speak to browsers in this server's name.
            "Set-Cookie", "Set-Cookie2", "Strict-Transport-Security", "Public-Key-Pins", "Alt-Svc", "Clear-Site-Data", "NEL", "Report-To", "Reporting-Endpoints", "Refresh",
            "Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Content-Type-Options", "X-Frame-Options", "Service-Worker-Allowed", "SourceMap", "Server", "Link",
        ]);

    /// <summary>What of a caller's headers the provider gets.</summary>
    public static IEnumerable<KeyValuePair<string, string[]>> ToSend(IHeaderDictionary headers)
    {
        var named = NamedBy(headers.Connection);
        return headers.Where(header => IsSent(header.Key) && !named.Contains(header.Key)).Select(header => KeyValuePair.Create(header.Key, header.Value.OfType<string>().ToArray()));
    }

    public static bool IsSent(string name)
    {
        // What hands headers on as variables writes both as one (RFC 3875 §4.1.18).
        name = name.Replace('_', '-');
        return !NotSent.Contains(name) && !name.StartsWith(':')
            && !name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("Sec-", StringComparison.OrdinalIgnoreCase)
            && !name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What of the provider's headers the caller gets.</summary>
    /// <param name="secrets">What must not come back in any.</param>
    public static IEnumerable<KeyValuePair<string, string[]>> ToAnswer(HttpResponseMessage response, IReadOnlyList<string> secrets)
    {
        var named = NamedBy(response.Headers.Connection);
        return response.Headers.Concat(response.Content.Headers)
            .Where(header => !NotAnswered.Contains(header.Key) && !named.Contains(header.Key) && !header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase))
            .Select(header => KeyValuePair.Create(header.Key, header.Value.ToArray()))
            .Where(header => !header.Value.Any(value => !IsText(value) || secrets.Any(secret => Holds(value, secret))));
    }

    /// <summary>Headers that belong to one connection because it says so.</summary>
    private static HashSet<string> NamedBy(IEnumerable<string?> connection) =>
        connection.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToHashSet(StringComparer.OrdinalIgnoreCase);

    // RFC 9110 §5.5: other octets have no meaning that both sides know.
    private static bool IsText(string value) => value.All(c => c is '\t' or (>= ' ' and <= '~'));

    private static bool Holds(string value, string secret) =>
        value.Contains(secret, StringComparison.Ordinal) || value.Contains(Uri.EscapeDataString(secret), StringComparison.Ordinal);
}
