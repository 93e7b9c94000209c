using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;

namespace AuthServer.Http;

public static class Proxies
{
    /// <summary>The page that tells what a browser reached.</summary>
    public const string SetUpPath = "/setup";

    /// <summary>Scheme and host of every request are the issuer's: whatever reads them (anti-forgery wants https for its cookie) cannot be told
    /// otherwise by a header, nor fail for a proxy that ends TLS and does not say so.</summary>
    public static void UseIssuer(this IApplicationBuilder app, IssuerUri issuer)
    {
        var uri = new Uri(issuer.Value);
        var host = HostString.FromUriComponent(uri);
        app.Use((http, next) =>
        {
            if (http.Request.Path == SetUpPath)
            {
                ReachedAddress.Keep(http);
            }

            (http.Request.Scheme, http.Request.Host) = (uri.Scheme, host);
            return next(http);
        });
    }

    /// <summary>Believes the forwarded headers of these proxies and of nobody else. The host is never taken from a request: links come from the issuer.</summary>
    public static void UseProxies(this IApplicationBuilder app, IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        if (proxies.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            options.KnownIPNetworks.Add(proxy);
        }

        app.UseForwardedHeaders(options);
    }
}
