using System.Security.Cryptography;
using System.Text;
using AuthServer.Http;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>Browsers that have signed in to an account before, told by a long-lived cookie that only this server can make.
/// They are spared the limits that strangers can exhaust, so that nobody can lock an owner out.</summary>
public sealed class KnownDevices(IDataProtectionProvider protection, IssuerUri issuer)
{
    private const int MostAccounts = 8;
    private const int LongestCookie = 2048;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private readonly IDataProtector _protector = protection.CreateProtector("AuthServer.KnownDevices");

    /// <summary>The device's id where it is known for this account; else null.</summary>
    /// <param name="account">The normalized e-mail address.</param>
    public string? Find(HttpContext http, string account) =>
        Read(http) is [var device, .. var accounts] && accounts.Contains(Hash(account)) ? device : null;

    public void Remember(HttpContext http, string account)
    {
        var known = Read(http);
        var device = known is [var id, ..] ? id : Handle.New();
        string[] content = [device, Hash(account), .. known.Skip(1).Where(other => other != Hash(account)).Take(MostAccounts - 1)];
        http.Response.Cookies.Append(Name, _protector.Protect(string.Join('\n', content)), new CookieOptions
        {
            HttpOnly = true,
            Secure = issuer.IsHttps,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            MaxAge = Lifetime,
            IsEssential = true,
        });
    }

    private string Name => CookieRules.NameOf(issuer, "device");

    private string[] Read(HttpContext http)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 and < LongestCookie } cookie)
        {
            return [];
        }

        try
        {
            return _protector.Unprotect(cookie).Split('\n');
        }
        catch (CryptographicException)
        {
            // Made up, or sealed with a key that is gone: a stranger.
            return [];
        }
    }

    private static string Hash(string account) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(account)), 0, 16);
}
