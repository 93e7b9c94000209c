using AuthServer.Audit;
using AuthServer.Http;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Agents.Claims;

/// <summary>How many agents one network may try to register without a credential. Refusals are counted for the trail, each kind by its name.</summary>
public sealed class QuickstartPace(AuthServerOptions options, Refusals refusals, TimeProvider clock)
{
    private readonly AttemptLimit _limit = new(options.RateLimits.NewAgents, clock);

    /// <summary>Counts an attempt; the answer if it was one too many.</summary>
    public Problem? Count(HttpContext http)
    {
        if (_limit.Count(http.Network()) is var wait && wait <= TimeSpan.Zero)
        {
            return null;
        }

        TooManyRequests.SetRetryAfter(http.Response, wait);
        return Refuse(http, "quickstart_pace", Problem.TooMany("Too many agents were registered from this network. Wait as long as Retry-After says."));
    }

    public Problem Refuse(HttpContext http, string reason, Problem problem)
    {
        refusals.Count(reason, http.Network(), clock.GetUtcNow());
        return problem;
    }
}
