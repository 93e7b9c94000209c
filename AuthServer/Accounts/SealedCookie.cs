using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Http;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>A note in the browser that only this server can make and read.</summary>
/// <param name="purpose">What it is for: a note of another purpose is none.</param>
/// <param name="name">Of the cookie, or its beginning.</param>
/// <param name="longest">Of what is stored, in characters.</param>
internal sealed class SealedCookie<T>(IDataProtectionProvider protection, IssuerUri issuer, string purpose, string name, int longest)
    where T : class
{
    private readonly IDataProtector _protector = protection.CreateProtector(purpose);

    /// <summary>The cookie's name.</summary>
    /// <param name="of">Tells one of several from the others.</param>
    public string NameOf(string of = "") => CookieRules.NameOf(issuer, name + of);

    /// <summary>False: it says too much.</summary>
    public bool TryWrite(HttpContext http, T note, TimeSpan lifetime, string of = "")
    {
        var value = _protector.Protect(JsonSerializer.Serialize(note));
        if (value.Length > longest)
        {
            return false;
        }

        http.Response.Cookies.Append(NameOf(of), value, Options(lifetime));
        return true;
    }

    /// <summary>Null: there is none, it was made up, or it was sealed with a key that is gone.</summary>
    public T? Read(HttpContext http, string of = "")
    {
        if (http.Request.Cookies[NameOf(of)] is not { Length: > 0 } cookie || cookie.Length > longest)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(_protector.Unprotect(cookie));
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    public void Delete(HttpContext http, string of = "") => DeleteNamed(http, NameOf(of));

    /// <param name="whole">The name as the browser says it.</param>
    public void DeleteNamed(HttpContext http, string whole) => http.Response.Cookies.Delete(whole, Options(null));

    private CookieOptions Options(TimeSpan? age) => new()
    {
        HttpOnly = true,
        Secure = issuer.IsHttps,

        // Sent also where a link of another site leads here.
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };
}
