using AuthServer.Http;
using AuthServer.Languages;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Scopes;

/// <summary>Which URLs an organization can register as its API's: compared byte by byte, so there must be one way to write each.</summary>
internal static class ResourceUrl
{
    /// <summary>Why it cannot be; null when it can.</summary>
    public static Sentence? Refuse(string url, IssuerUri issuer)
    {
        if (ResourceServer.Canonical(url) is not { } canonical || !Uri.TryCreate(canonical, UriKind.Absolute, out var uri) || !url.All(char.IsAscii))
        {
            return "Give an absolute URL of at most 400 ASCII characters, without a fragment.";
        }

        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        {
            return "Use https; http is for loopback addresses only.";
        }

        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Host.EndsWith('.'))
        {
            return "Leave out user names, queries and a dot at the end of the host.";
        }

        // Capitals, default ports, dots and needless escapes would make a second URL of the same place.
        if (uri.AbsoluteUri != canonical && uri.AbsoluteUri != canonical + "/")
        {
            return Sentence.Of("Write it as {0}", uri.AbsoluteUri.TrimEnd('/'));
        }

        // Tokens for this server's own API have the issuer as their audience: whoever was that resource could look into all of them.
        return uri.GetLeftPart(UriPartial.Authority) == new Uri(issuer.Value).GetLeftPart(UriPartial.Authority)
            ? "This is the address of this server itself."
            : null;
    }
}
