using AuthServer.Audit;
using AuthServer.Http;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Accounts;

/// <summary>How many accounts one address may try to make.</summary>
public sealed class RegistrationPace(AuthServerOptions options, Refusals refusals, TimeProvider clock)
{
    private readonly AttemptLimit _limit = new(options.RateLimits.PerAddress, clock);

    public TimeSpan WaitFor(HttpContext http) => _limit.WaitFor(http.Network());

    /// <summary>Counts an attempt that costs a hash.</summary>
    public void Started(HttpContext http) => _limit.Count(http.Network());

    public void Refused(HttpContext http) => refusals.Count("registration", http.Network(), clock.GetUtcNow());
}
