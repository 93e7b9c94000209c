using AuthServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;

namespace AuthServer.Accounts;

/// <summary>How fast passwords may be tried: per address, per account and address, and per account by browsers that do not know it.
/// A browser that has signed in before has its own count, which nobody else can exhaust.</summary>
public sealed class SignInPace(AuthServerOptions options, KnownDevices devices, TimeProvider clock)
{
    private const int FailuresPerAccount = 60;

    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    private readonly AttemptLimit _networks = new(options.RateLimits.PerAddress, clock);
    private readonly AttemptLimit _pairs = new(options.RateLimits.SignIn, clock);
    private readonly AttemptLimit _accounts = new(FailuresPerAccount, clock);

    public SignInAttempt Attempt(HttpContext http, string email)
    {
        var account = Normalizer.NormalizeEmail(email);
        return new SignInAttempt(account, http.Network(), devices.Find(http, account));
    }

    /// <summary>How long to wait before this may be tried; zero: now.</summary>
    public TimeSpan WaitFor(SignInAttempt attempt)
    {
        var wait = _pairs.WaitFor(attempt.Pair);
        if (attempt.Device is not null)
        {
            return wait;
        }

        var network = _networks.WaitFor(attempt.Network);
        var account = _accounts.WaitFor(attempt.Account);
        return TimeSpan.FromTicks(Math.Max(wait.Ticks, Math.Max(network.Ticks, account.Ticks)));
    }

    /// <summary>Counts an attempt before its outcome is known.</summary>
    public void Started(SignInAttempt attempt) => _pairs.Count(attempt.Pair);

    public void Failed(SignInAttempt attempt)
    {
        if (attempt.Device is null)
        {
            _networks.Count(attempt.Network);
            _accounts.Count(attempt.Account);
        }
    }
}
