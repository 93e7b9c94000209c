using AuthServer.Policies.Engine;

namespace AuthServer.Policies;

/// <summary>Decisions made again, one after the other: with today's policies and with the proposed ones, so that what came of other changes since is not laid at the
/// door of these.</summary>
/// <param name="from">What comes before only fills the limits.</param>
/// <param name="mostLooks">How often, about, one decision is held against one policy in all.</param>
internal sealed class Replay(IReadOnlyList<Policy> today, IReadOnlyList<Policy> proposed, DateTimeOffset from, int mostLooks = 5_000_000)
{
    private const int MostDifferences = 200;

    private readonly ReplayedPolicies _today = new(today);
    private readonly ReplayedPolicies _proposed = new(proposed);
    private readonly List<SimulatedDifference> _differences = [];
    private readonly Dictionary<(string?, string?, string, SimulatedDecision, SimulatedDecision), SimulatedChange> _changes = [];
    private int _decisions;
    private int _allowedBefore;
    private int _allowedAfter;
    private int _newlyDenied;
    private int _newlyAllowed;
    private int _changed;
    private int _recordedOtherwise;
    private int _looks;

    /// <summary>Whether it has done as much as one replay may.</summary>
    public bool IsExhausted => _looks > mostLooks;

    public TimeSpan LongestWindow => _today.LongestWindow > _proposed.LongestWindow ? _today.LongestWindow : _proposed.LongestWindow;

    public void Add(string id, RecordedDecision recorded, PolicyInput input, string? action)
    {
        _looks += today.Count + proposed.Count + 1;
        var (before, after) = (_today.Decide(recorded, input, action), _proposed.Decide(recorded, input, action));
        if (input.Now < from)
        {
            return;
        }

        _decisions++;
        _allowedBefore += before.Allowed ? 1 : 0;
        _allowedAfter += after.Allowed ? 1 : 0;
        _newlyDenied += before.Allowed && !after.Allowed ? 1 : 0;
        _newlyAllowed += !before.Allowed && after.Allowed ? 1 : 0;
        _recordedOtherwise += recorded.Allowed != before.Allowed || recorded.ReasonCode != before.ReasonCode ? 1 : 0;
        if (before.Allowed != after.Allowed || before.ReasonCode != after.ReasonCode)
        {
            _changed++;
            Count(before, after, input);
            if (_differences.Count < MostDifferences)
            {
                _differences.Add(new(id, input.Now, input.AgentId, input.UserId, input.Required, input.Resource, before, after, recorded));
            }
        }
    }

    public SimulationResult Result(DateTimeOffset from, DateTimeOffset to, bool complete) => new(
        from, to, _decisions, _allowedBefore, _allowedAfter, _newlyDenied, _newlyAllowed, _changed, complete, _differences)
    {
        Changes = [.. _changes.Values.OrderByDescending(change => change.Count).ThenByDescending(change => change.LastAt)],
        RecordedOtherwise = _recordedOtherwise,
    };

    private void Count(SimulatedDecision before, SimulatedDecision after, PolicyInput input)
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
}
