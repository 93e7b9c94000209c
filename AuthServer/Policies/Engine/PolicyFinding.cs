namespace AuthServer.Policies.Engine;

/// <summary>What one policy says of a request, for who wants to understand a decision.</summary>
/// <param name="Outcome">Null: it has no say here.</param>
/// <param name="ReasonCode">One of <see cref="PolicyReasons"/>; null where it has no say.</param>
/// <param name="Clause">Why, without the policy's name.</param>
public sealed record PolicyFinding(string PolicyId, string PolicyName, PolicyEffect Effect, PolicyOutcome? Outcome, string? ReasonCode, string Clause);
