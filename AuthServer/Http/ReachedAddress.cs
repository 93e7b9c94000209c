using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>By which address a browser says that it reached this server, kept before the issuer's takes its place. It decides nothing: it is shown to whoever sets the server up.</summary>
/// <param name="IsForwarded">A proxy says that it stands between, and is not among those that are believed.</param>
public sealed record ReachedAddress(string Scheme, string Host, bool IsForwarded)
{
    private static readonly string[] ForwardedHeaders = ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"];

    public string Value => $"{Scheme}://{Host}";

    /// <summary>Null where the path is not the set-up's.</summary>
    public static ReachedAddress? Of(HttpContext http) => http.Features.Get<ReachedAddress>();

    /// <summary>The host is the issuer's. The scheme may have been lost on the way, where a proxy ends TLS.</summary>
    public bool IsHostOf(IssuerUri issuer) => string.Equals(Host, new Uri(issuer.Value).Authority, StringComparison.OrdinalIgnoreCase);

    internal static void Keep(HttpContext http) => http.Features.Set(
        new ReachedAddress(http.Request.Scheme, http.Request.Host.Value ?? "", ForwardedHeaders.Any(http.Request.Headers.ContainsKey)));
}
