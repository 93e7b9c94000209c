using System.Security.Cryptography;
using System.Text;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>A random value per browser that binds what it began to it: a link to somebody's half-finished request is useless elsewhere.</summary>
public sealed class BrowserCookie(IssuerUri issuer)
{
    private string Name => issuer.IsHttps ? "__Host-browser" : "browser";

    /// <summary>The hash of this browser's value, which is made where there is none.</summary>
    public string Ensure(HttpContext http)
    {
        if (Read(http) is { } known)
        {
            return Hash(known);
        }

        var value = Handle.New();
        http.Response.Cookies.Append(Name, value, new CookieOptions
        {
            HttpOnly = true,
            Secure = issuer.IsHttps,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            IsEssential = true,
        });
        return Hash(value);
    }

    public bool Matches(HttpContext http, string hash) =>
        Read(http) is { } value && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(value)), Encoding.ASCII.GetBytes(hash));

    private string? Read(HttpContext http) => http.Request.Cookies[Name] is { Length: 43 } value ? value : null;

    private static string Hash(string value) => Handle.ReferenceId(value);
}
