using AuthServer.Audit;
using AuthServer.Protocol;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Http;

/// <summary>What one party may ask for in a minute, whichever credentials it has and however often it goes well. For what costs much, or leaves something behind
/// that nobody answers for.</summary>
public sealed class PartyPace(AuthServerOptions options, Refusals refusals, TimeProvider clock)
{
    private const string Sentence = "Too many requests. Wait as long as Retry-After says.";

    private readonly AttemptLimit _limit = new(options.RateLimits.PerKey, clock);

    /// <summary>Counts a request; the error if it was one too many.</summary>
    /// <param name="kind">What is asked for: each is counted by itself. In one word for the trail, which gets the refusals by their number.</param>
    /// <param name="party">An agent, a person, an organization, or a network.</param>
    public OAuthError? Count(HttpContext http, string kind, string party)
    {
        if (_limit.Count($"{kind}:{party}") is var wait && wait <= TimeSpan.Zero)
        {
            return null;
        }

        refusals.Count(kind, http.Network(), clock.GetUtcNow());
        TooManyRequests.SetRetryAfter(http.Response, wait);
        return new OAuthError(TooManyRequests.Code, Sentence, kind);
    }
}
