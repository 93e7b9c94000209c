using AuthServer.Audit;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>What one address may fail at, or leave behind, before anybody is authenticated. Refusals are counted for the trail, not stored one by one.</summary>
public sealed class PreAuthenticationLimit(AuthServerOptions options, Refusals refusals, TimeProvider clock)
{
    private readonly AttemptLimit _limit = new(options.RateLimits.PerAddress, clock);

    /// <summary>The error for an address that must wait; null while it may go on.</summary>
    public OAuthError? WaitFor(HttpContext http) =>
        _limit.WaitFor(http.Network()) is var wait && wait > TimeSpan.Zero ? TooManyRequests.Answer(http, wait) : null;

    /// <summary>Counts one attempt that is no refusal but leaves something behind; the error if it was one too many.</summary>
    public OAuthError? Count(HttpContext http) =>
        _limit.Count(http.Network()) is var wait && wait > TimeSpan.Zero ? TooManyRequests.Answer(http, wait) : null;

    /// <summary>Counts a refusal, and answers it, or that it was one too many.</summary>
    public OAuthError Refuse(HttpContext http, OAuthError error)
    {
        refusals.Count(error.Reason ?? error.Code, http.Network(), clock.GetUtcNow());
        return Count(http) ?? error;
    }
}
