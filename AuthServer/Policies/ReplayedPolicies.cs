using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies;

/// <summary>Policies with which decisions are made again, with their limits in memory.</summary>
internal sealed class ReplayedPolicies(IReadOnlyList<Policy> policies)
{
    private static readonly TimeSpan ActionsKept = TimeSpan.FromDays(1);

    private readonly Dictionary<string, SlidingWindow> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _actions = new(StringComparer.Ordinal);

    public TimeSpan LongestWindow { get; } = policies.SelectMany(policy => policy.Rules).OfType<LimitRule>()
        .Select(rule => TimeSpan.FromSeconds(rule.WindowSeconds)).DefaultIfEmpty().Max();

    /// <summary>In the order of the trail: what is allowed takes from the limits.</summary>
    public SimulatedDecision Decide(RecordedDecision recorded, PolicyInput input, string? action)
    {
        var decision = Take(Approved(PolicyEngine.Decide(input, policies), recorded), input.Now, action);
        return new(decision.Outcome == PolicyOutcome.Allowed, decision.ReasonCode, decision.Said, decision.PolicyId, decision.PolicyName);
    }

    /// <summary>What a person approved then, they would approve again.</summary>
    private static PolicyDecision Approved(PolicyDecision decision, RecordedDecision recorded) =>
        decision.Outcome == PolicyOutcome.ApprovalRequired && recorded is { Allowed: true, ReasonCode: PolicyReasons.Approved }
            ? decision with { Outcome = PolicyOutcome.Allowed, ReasonCode = PolicyReasons.Approved }

            // That they said no is no other answer of the policies.
            : decision.Outcome == PolicyOutcome.ApprovalRequired && recorded.ReasonCode == PolicyReasons.ApprovalDenied ? decision with { ReasonCode = PolicyReasons.ApprovalDenied }
            : decision;

    /// <summary>As the ledger does it: all takes or none, a repeated action once, and where approval is required only a look.</summary>
    private PolicyDecision Take(PolicyDecision decision, DateTimeOffset now, string? action)
    {
        if (decision.Limits.Count == 0 || (decision.Outcome == PolicyOutcome.Allowed && action is not null && _actions.TryGetValue(action, out var until) && now < until))
        {
            return decision;
        }

        foreach (var take in decision.Limits)
        {
            if (!Window(take).HasRoom(now, take.Amount))
            {
                return take.Exceeded();
            }
        }

        if (decision.Outcome == PolicyOutcome.Allowed)
        {
            foreach (var take in decision.Limits)
            {
                Window(take).TryTake(now, take.Amount);
            }

            if (action is not null)
            {
                _actions[action] = now + ActionsKept;
            }
        }

        return decision;
    }

    private SlidingWindow Window(LimitTake take)
    {
        if (!_windows.TryGetValue(take.Key, out var window))
        {
            _windows[take.Key] = window = take.Open(null);
        }

        return window;
    }
}
