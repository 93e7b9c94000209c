using AuthServer.Http;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>How this server's cookies are sent. They follow the issuer: bound to its host and to https, or plain on http loopback.</summary>
public static class CookieRules
{
    public static string NameOf(IssuerUri issuer, string name) => issuer.IsHttps ? "__Host-" + name : name;

    public static CookieBuilder For(IssuerUri issuer, string name) => new()
    {
        Name = NameOf(issuer, name),
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        SecurePolicy = issuer.IsHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.None,
        Path = "/",
        IsEssential = true,
    };
}
