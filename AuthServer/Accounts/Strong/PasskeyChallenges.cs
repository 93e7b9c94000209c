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

    private readonly SealedCookie<Asked> _cookie = new(protection, issuer, "AuthServer.PasskeyChallenges", "passkey", LongestCookie);

    /// <param name="purpose">Only who has the same takes it.</param>
    /// <param name="state">The framework's.</param>
    public void Add(HttpContext http, string purpose, string state)
    {
        _cookie.TryWrite(http, new Asked(Handle.New(), purpose, state, clock.GetUtcNow() + Lifetime), Lifetime);
    }

    /// <summary>Uses it up; null: there is none, it is too old, for something else, or was answered.</summary>
    public async Task<string?> TakeAsync(HttpContext http, string purpose, CancellationToken ct)
    {
        if (_cookie.Read(http) is not { } asked || asked.Purpose != purpose || asked.ExpiresAt <= clock.GetUtcNow())
        {
            return null;
        }

        _cookie.Delete(http);
        return await used.TryAddAsync("passkey:" + asked.Id, asked.ExpiresAt, ct) ? asked.State : null;
    }

    private sealed record Asked(string Id, string Purpose, string State, DateTimeOffset ExpiresAt);
}
