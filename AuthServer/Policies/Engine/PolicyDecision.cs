using AuthServer.Languages;

namespace AuthServer.Policies.Engine;

/// <param name="ReasonCode">One of <see cref="PolicyReasons"/>.</param>
/// <param name="Said">Why, in one plain sentence.</param>
/// <param name="PolicyId">The policy that decided; null: none had a say.</param>
/// <param name="Limits">What must be taken, all or nothing, for the allowance to stand. Where approval is required: what must have room, and
/// is taken only when the approved request comes. Those of the policy with the highest priority come first.</param>
public sealed record PolicyDecision(
    PolicyOutcome Outcome, string ReasonCode, Sentence Said, string? PolicyId, string? PolicyName, IReadOnlyList<LimitTake> Limits)
{
    /// <summary>Where approval is required: the policies that ask for it, by precedence.</summary>
    public IReadOnlyList<Policy> Asking { get; init; } = [];

    /// <summary>What a policy has decided, and why.</summary>
    internal static Sentence Of(string? policyName, Sentence clause) => Sentence.Of("Policy \"{0}\": {1}.", policyName, clause);
}
