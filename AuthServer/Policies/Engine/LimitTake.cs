namespace AuthServer.Policies.Engine;

public enum LimitKind
{
    Rate,
    Budget,
}

/// <summary>What an allowance takes from a limit. It stands only if all its takes are made together.</summary>
/// <param name="Key">One counter: the policy, the rule's kind and place, and whom it counts.</param>
/// <param name="Max">The most that any span of <paramref name="Window"/> may hold: requests, or an amount.</param>
public sealed record LimitTake(LimitKind Kind, string Key, decimal Max, TimeSpan Window, decimal Amount, string PolicyId, string PolicyName)
{
    public SlidingWindow Open(string? state) => SlidingWindow.Read(state, Window, Max);

    /// <summary>The decision when there is no room.</summary>
    public PolicyDecision Exceeded() => Kind switch
    {
        LimitKind.Rate => Denied(PolicyReasons.RateLimitExceeded, "the limit of requests is used up"),
        _ => Denied(PolicyReasons.BudgetExceeded, "the budget does not cover the amount"),
    };

    private PolicyDecision Denied(string code, string clause) =>
        new(PolicyOutcome.Denied, code, $"Policy \"{PolicyName}\": {clause}.", PolicyId, PolicyName, []);
}
