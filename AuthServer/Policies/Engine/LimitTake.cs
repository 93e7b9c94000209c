using AuthServer.Languages;

namespace AuthServer.Policies.Engine;

public enum LimitKind
{
    Rate,
    Budget,

    /// <summary>Of one token.</summary>
    MaxLifetime,

    /// <summary>Of a delegation and all below it.</summary>
    MaxSubtree,
}

/// <summary>What an allowance takes from a limit of a policy or of a delegation. It stands only if all its takes are made together.</summary>
/// <param name="Key">One counter: the policy, the rule's kind and place, and whom it counts.</param>
/// <param name="Max">The most that any span of <paramref name="Window"/> may hold: requests, or an amount.</param>
public sealed record LimitTake(LimitKind Kind, string Key, decimal Max, TimeSpan Window, decimal Amount, string? PolicyId, string? PolicyName)
{
    /// <summary>The delegation that sets the limit; null: a policy does.</summary>
    public string? DelegationId { get; init; }

    /// <summary>What a delegation counts: the constraint's key.</summary>
    public string Counted { get; init; } = "";

    /// <summary>When nobody can take from it any more; null: when two windows have gone by without a take.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    public SlidingWindow Open(string? state) => SlidingWindow.Read(state, Window, Max);

    /// <summary>The decision when there is no room.</summary>
    public PolicyDecision Exceeded() => (DelegationId, Kind) switch
    {
        (not null, LimitKind.Budget) => Spent(PolicyReasons.BudgetExhausted, "its budget does not cover this"),
        (not null, _) => Spent(PolicyReasons.CeilingExceeded, "what may be used in all does not cover this"),
        (_, LimitKind.Rate) when PolicyId is null => new(PolicyOutcome.Denied, PolicyReasons.RateLimitExceeded, "The limit of requests is used up.", null, null, []),
        (_, LimitKind.Rate) => Denied(PolicyReasons.RateLimitExceeded, "the limit of requests is used up"),
        _ => Denied(PolicyReasons.BudgetExceeded, "the budget does not cover the amount"),
    };

    private PolicyDecision Denied(string code, Sentence clause) =>
        new(PolicyOutcome.Denied, code, PolicyDecision.Of(PolicyName, clause), PolicyId, PolicyName, []);

    private PolicyDecision Spent(string code, Sentence clause) =>
        new(PolicyOutcome.Denied, code, Sentence.Of("The delegation {0} bounds {1}: {2}.", DelegationId, Counted, clause), null, null, []);
}
