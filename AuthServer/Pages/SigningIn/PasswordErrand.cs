using AuthServer.Accounts;
using AuthServer.Http;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Pages.SigningIn;

/// <summary>What somebody came for who has forgotten their password. The mail with the link does not say it: the browser keeps it as long as the link is good.</summary>
public sealed class PasswordErrand(IDataProtectionProvider protection, IssuerUri issuer)
{
    private const int LongestCookie = 4000;

    private readonly SealedCookie<Dictionary<string, string>> _cookie = new(protection, issuer, "AuthServer.PasswordErrand", "password-errand", LongestCookie);

    /// <summary>Nothing is kept of an errand that is too long for a cookie.</summary>
    public void Keep(HttpContext http) => _cookie.TryWrite(http, new Dictionary<string, string>(Carried.Of(http.Request), StringComparer.Ordinal), AccountMails.PasswordLinkLives);

    /// <summary>Where to sign in, and go on.</summary>
    public string SignInAt(HttpContext http) => Carried.At("/sign-in", _cookie.Read(http) ?? []);
}
