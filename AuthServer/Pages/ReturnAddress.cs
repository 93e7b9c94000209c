using AuthServer.Protocol;
using AuthServer.Protocol.Authorize;

namespace AuthServer.Pages;

/// <summary>Where a redirect URI leads, as a person should read it: the host in ASCII, so that no letter can pose as another.</summary>
/// <param name="Text">A host, or a private-use scheme.</param>
/// <param name="IsOnThisDevice">A program on this device answers there, whichever it is.</param>
public sealed record ReturnAddress(string Text, bool IsOnThisDevice)
{
    public static ReturnAddress Of(string redirectUri)
    {
        var uri = new Uri(redirectUri);
        if (uri.Scheme is not ("https" or "http"))
        {
            return new ReturnAddress(uri.Scheme, true);
        }

        // Only addresses that somebody registered come here, but a page does not fail over an odd one.
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : HostName.Of(uri) ?? "?";
        return new ReturnAddress(uri.IsDefaultPort ? host : $"{host}:{uri.Port}", RedirectUris.IsLoopback(redirectUri));
    }
}
