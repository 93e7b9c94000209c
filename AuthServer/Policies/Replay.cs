using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies;

/// <summary>Decisions made again, one after the other, with limits in memory.</summary>
/// <param name="from">What comes before only fills the limits.</param>
/// <param name="mostLooks">How often, about, one decision is held against one policy in all.</param>
internal sealed class Replay(IReadOnlyList<Policy> policies, DateTimeOffset from, int mostLooks = 5_000_000)
{
    private const int MostDifferences = 200;

    private static readonly TimeSpan ActionsKept = TimeSpan.FromDays(1);

    private readonly Dictionary<string, SlidingWindow> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _actions = new(StringComparer.Ordinal);
    private readonly List<SimulatedDifference> _differences = [];
    private readonly Dictionary<(string?, string?, string, RecordedDecision, SimulatedDecision), SimulatedChange> _changes = [];
    private int _decisions;
    private int _allowedBefore;
    private int _allowedAfter;
    private int _newlyDenied;
    private int _newlyAllowed;
    private int _changed;
    private int _looks;

    /// <summary>Whether it has done as much as one replay may.</summary>
    public bool IsExhausted => _looks > mostLooks;

    public TimeSpan LongestWindow { get; } = policies.SelectMany(policy => policy.Rules).OfType<LimitRule>()
        .Select(rule => TimeSpan.FromSeconds(rule.WindowSeconds)).DefaultIfEmpty().Max();

    public void Add(string id, RecordedDecision before, PolicyInput input, string? action)
    {
        _looks += policies.Count + 1;
        var decision = Take(Approved(PolicyEngine.Decide(input, policies), before), input.Now, action);
        if (input.Now < from)
        {
            return;
        }

        var after = new SimulatedDecision(
            decision.Outcome == PolicyOutcome.Allowed, decision.ReasonCode, decision.Said, decision.PolicyId, decision.PolicyName);
        _decisions++;
        _allowedBefore += before.Allowed ? 1 : 0;
        _allowedAfter += after.Allowed ? 1 : 0;
        _newlyDenied += before.Allowed && !after.Allowed ? 1 : 0;
        _newlyAllowed += !before.Allowed && after.Allowed ? 1 : 0;
        if (before.Allowed != after.Allowed || before.ReasonCode != after.ReasonCode)
        {
            _changed++;
            Count(before, after, input);
            if (_differences.Count < MostDifferences)
            {
                _differences.Add(new(id, input.Now, input.AgentId, input.UserId, input.Required, input.Resource, before, after));
            }
        }
    }

    /// <summary>What a person approved then, they would approve again.</summary>
    private static PolicyDecision Approved(PolicyDecision decision, RecordedDecision before) =>
        decision.Outcome == PolicyOutcome.ApprovalRequired && before is { Allowed: true, ReasonCode: PolicyReasons.Approved }
            ? decision with { Outcome = PolicyOutcome.Allowed, ReasonCode = PolicyReasons.Approved }

            // That they said no is no other answer of the policies.
            : decision.Outcome == PolicyOutcome.ApprovalRequired && before.ReasonCode == PolicyReasons.ApprovalDenied ? decision with { ReasonCode = PolicyReasons.ApprovalDenied }
            : decision;

    public SimulationResult Result(DateTimeOffset from, DateTimeOffset to, bool complete) => new(
        from, to, _decisions, _allowedBefore, _allowedAfter, _newlyDenied, _newlyAllowed, _changed, complete, _differences)
    {
        Changes = [.. _changes.Values.OrderByDescending(change => change.Count).ThenByDescending(change => change.LastAt)],
    };

    private void Count(RecordedDecision before, SimulatedDecision after, PolicyInput input)
    {
        var alike = (input.AgentId, input.UserId, string.Join(' ', input.Required), before, after);
        if (_changes.TryGetValue(alike, out var change))
        {
            _changes[alike] = change with { Count = change.Count + 1, LastAt = input.Now };
        }
        else if (_changes.Count < MostDifferences)
        {
            _changes[alike] = new(input.AgentId, input.UserId, input.Required, before, after, 1, input.Now);
        }
    }

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
