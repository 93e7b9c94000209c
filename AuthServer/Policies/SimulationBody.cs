using System.Text.Json.Serialization;
using AuthServer.Languages;

namespace AuthServer.Policies;

/// <summary>What to try against the recorded decisions: a policy to add, one in the place of another, or one less.</summary>
public sealed class SimulationBody
{
    /// <summary>The proposed policy; absent: none is added.</summary>
    public PolicyBody? Policy { get; set; }

    /// <summary>The policy whose place the proposed one takes.</summary>
    public string? Replaces { get; set; }

    /// <summary>The policy that is left out.</summary>
    public string? Remove { get; set; }

    /// <summary>Absent: seven days before the end.</summary>
    public DateTimeOffset? From { get; set; }

    /// <summary>Absent: now.</summary>
    public DateTimeOffset? To { get; set; }
}

/// <summary>Recorded decisions made again twice: with today's policies, and with what was proposed. What both answer alike does not count, whatever was recorded.</summary>
/// <param name="Decisions">How many were recorded in this time and made again.</param>
/// <param name="AllowedBefore">How many today's policies allow.</param>
/// <param name="Differences">The first that would be answered otherwise, oldest first.</param>
/// <param name="Complete">False: there were too many decisions, and the last of this time were left out.</param>
public sealed record SimulationResult(
    DateTimeOffset From, DateTimeOffset To, int Decisions, int AllowedBefore, int AllowedAfter, int NewlyDenied, int NewlyAllowed, int Changed,
    bool Complete, IReadOnlyList<SimulatedDifference> Differences)
{
    /// <summary>All that would be answered otherwise, those alike together, the most frequent first; the 200 first kinds at most.</summary>
    public required IReadOnlyList<SimulatedChange> Changes { get; init; }

    /// <summary>How many today's policies answer otherwise than was recorded: what was proposed has no part in that.</summary>
    public required int RecordedOtherwise { get; init; }
}

/// <summary>Decisions about the same actions by the same agent for the same person that would change in the same way.</summary>
/// <param name="Before">With today's policies.</param>
/// <param name="LastAt">When the newest of them was made.</param>
public sealed record SimulatedChange(
    string? AgentId, string? UserId, IReadOnlyList<string> Actions, SimulatedDecision Before, SimulatedDecision After, int Count, DateTimeOffset LastAt);

/// <param name="DecisionId">The event of the recorded decision.</param>
/// <param name="Before">With today's policies.</param>
/// <param name="Recorded">What was answered at the time.</param>
public sealed record SimulatedDifference(
    string DecisionId, DateTimeOffset At, string? AgentId, string? UserId, IReadOnlyList<string> Actions, string? Resource,
    SimulatedDecision Before, SimulatedDecision After, RecordedDecision Recorded);

public sealed record RecordedDecision(bool Allowed, string? ReasonCode, string? PolicyId);

/// <param name="Said">The same as <see cref="Reason"/>, for people.</param>
public sealed record SimulatedDecision(bool Allowed, string ReasonCode, [property: JsonIgnore] Sentence Said, string? PolicyId, string? PolicyName)
{
    /// <summary>One plain sentence.</summary>
    public string Reason => Said.ToString();
}
