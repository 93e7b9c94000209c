using System.Security.Cryptography;
using System.Text.Json;
using AuthServer.Http;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts.Strong;

/// <summary>What a passkey was asked. It lies in the browser that asked, sealed, for five minutes, and is good for one answer, right or wrong.</summary>
public sealed class PasskeyChallenges(IReplayGuard used, IDataProtectionProvider protection, IssuerUri issuer, TimeProvider clock)
{
    private const int LongestCookie = 4000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly IDataProtector _protector = protection.CreateProtector("AuthServer.PasskeyChallenges");

    private string Name => CookieRules.NameOf(issuer, "passkey");

    /// <param name="purpose">Only who has the same takes it.</param>
    /// <param name="state">The framework's.</param>
    public void Add(HttpContext http, string purpose, string state)
    {
        var asked = new Asked(Handle.New(), purpose, state, clock.GetUtcNow() + Lifetime);
        http.Response.Cookies.Append(Name, _protector.Protect(JsonSerializer.Serialize(asked)), Options(Lifetime));
    }

    /// <summary>Uses it up; null: there is none, it is too old, for something else, or was answered.</summary>
    public async Task<string?> TakeAsync(HttpContext http, string purpose, CancellationToken ct)
    {
        if (Read(http) is not { } asked || asked.Purpose != purpose || asked.ExpiresAt <= clock.GetUtcNow())
        {
            return null;
        }

        http.Response.Cookies.Delete(Name, Options(null));
        return await used.TryAddAsync("passkey:" + asked.Id, asked.ExpiresAt, ct) ? asked.State : null;
    }

    private Asked? Read(HttpContext http)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 and < LongestCookie } cookie)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Asked>(_protector.Unprotect(cookie));
        }
        catch (CryptographicException)
        {
            // Made up, or sealed with a key that is gone.
            return null;
        }
    }

    private CookieOptions Options(TimeSpan? age) => new()
    {
        HttpOnly = true,
        Secure = issuer.IsHttps,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = age,
        IsEssential = true,
    };

    private sealed record Asked(string Id, string Purpose, string State, DateTimeOffset ExpiresAt);
}
