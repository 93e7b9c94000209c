using AuthServer.Data;
using AuthServer.ExternalSignIn;
using AuthServer.Http;
using AuthServer.Protocol.Authorize;
using AuthServer.Protocol.State;
using AuthServer.Protocol.Tokens;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace AuthServer.Accounts.Strong;

/// <summary>The second step of a sign-in. Between the two nobody is signed in: the browser holds a sealed note, good for ten minutes and one sign-in.</summary>
public sealed class SecondStep(
    AuthDbContext context, SecondFactors factors, SignInSessions sessions, KnownDevices devices, IReplayGuard used,
    IDataProtectionProvider protection, IssuerUri issuer, TimeProvider clock)
{
    private const int LongestCookie = 2048;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly SealedCookie<PendingSignIn> _cookie = new(protection, issuer, "AuthServer.SecondStep", "second-step", LongestCookie);

    /// <summary>Notes that the first step is done.</summary>
    /// <param name="login">By which another provider vouches for them; null: they typed their password.</param>
    /// <param name="shownAt">When they signed in there; null: just now.</param>
    public void Begin(HttpContext http, User user, ExternalLogin? login = null, DateTimeOffset? shownAt = null)
    {
        var pending = new PendingSignIn(Handle.New(), user.Id, user.SecurityStamp ?? "", login?.Provider, login?.Id, shownAt, clock.GetUtcNow() + Lifetime);
        _cookie.TryWrite(http, pending, Lifetime);
    }

    /// <summary>Whose sign-in waits in this browser; null: nobody's, or it waited too long, or their password was changed since.</summary>
    public async Task<(PendingSignIn Pending, User User)?> FindAsync(HttpContext http, CancellationToken ct) =>
        _cookie.Read(http) is { } pending && pending.ExpiresAt > clock.GetUtcNow()
        && await context.Users.FirstOrDefaultAsync(row => row.Id == pending.UserId && !row.Disabled, ct) is { } user && (user.SecurityStamp ?? "") == pending.Stamp
        && !await used.IsKnownAsync(HandleOf(pending), ct)
            ? (pending, user)
            : null;

    /// <summary>Whether the sign-in that waited in this browser was finished: by another press, or before its person came back to this page.</summary>
    public async Task<bool> WasFinishedAsync(HttpContext http, CancellationToken ct) => _cookie.Read(http) is { } pending && await used.IsKnownAsync(HandleOf(pending), ct);

    public async Task<SignInOutcome> TryAsync(HttpContext http, PendingSignIn pending, User user, string typed, CancellationToken ct) =>
        await factors.TryAsync(http, user, typed, ct) switch
        {
            FactorOutcome.Right right when await used.TryAddAsync(HandleOf(pending), pending.ExpiresAt, ct) =>
                new SignInOutcome.SignedIn(await FinishAsync(http, user, pending.With(right.Factor), ct)),
            FactorOutcome.Wait wait => new SignInOutcome.Wait(wait.For),
            _ => new SignInOutcome.Refused(),
        };

    private async Task<SignedInPerson> FinishAsync(HttpContext http, User user, SignInMeans means, CancellationToken ct)
    {
        var person = await sessions.StartAsync(http, context, user, means, ct);
        devices.Remember(http, user.NormalizedUserName ?? "");
        _cookie.Delete(http);
        return person;
    }

    private static string HandleOf(PendingSignIn pending) => "second-step:" + pending.Id;
}
