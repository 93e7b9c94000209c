using System.Text.Json;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>At most so many requests in any span of the window's length.</summary>
public sealed record RateLimit(int MaxRequests, int WindowSeconds, LimitScope Scope) : LimitRule(WindowSeconds, Scope)
{
    internal static readonly RuleType Syntax = new(
        "rate_limit",
        "Allows at most maxRequests in any span of windowSeconds, counted for each user, each agent or the whole organization.",
        InDenyPolicies: false,
        [
            new("maxRequests", "a whole number from 1 to 1000000000", Value: RuleValue.Number),
            new("windowSeconds", "a whole number from 1 to 31622400", Value: RuleValue.Number),
            new("scope", "per_user, per_agent or per_organization; who acts for no user is counted as itself") { Words = [.. LimitScopes.ByWord.Keys] },
        ],
        """{"maxRequests":100,"windowSeconds":3600,"scope":"per_user"}""")
    {
        Read = reader =>
        {
            var (most, window, scope) = (
                reader.Whole("maxRequests", 1, 1_000_000_000), reader.Whole("windowSeconds", 1, LongestWindow), reader.Word("scope", LimitScopes.ByWord));
            return most is null || window is null || scope is null ? null : new RateLimit(most.Value, window.Value, scope.Value);
        },
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action) => RuleAnswer.Holds;

    internal override LimitTake Take(Policy policy, int place, PolicyInput input) =>
        new(LimitKind.Rate, Key(policy, place, input), MaxRequests, Window, 1, policy.Id, policy.Name);

    internal override void Write(Utf8JsonWriter config)
    {
        config.WriteNumber("maxRequests", MaxRequests);
        config.WriteNumber("windowSeconds", WindowSeconds);
        config.WriteString("scope", LimitScopes.Word(Scope));
    }
}
