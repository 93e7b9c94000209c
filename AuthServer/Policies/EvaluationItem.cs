using System.Text.Json.Serialization;
using AuthServer.Languages;
using AuthServer.Policies.Engine;

namespace AuthServer.Policies;

/// <param name="Effect">allow or deny, in one word for programs.</param>
/// <param name="ReasonCode">One stable word.</param>
/// <param name="Said">The same as <see cref="Reason"/>, for people.</param>
/// <param name="MatchingPolicyId">The policy that decides; absent: none has a say.</param>
/// <param name="DelegationId">The last hop of the chain that gives what is allowed; absent: own rights do, or nothing.</param>
public sealed record EvaluationItem(
    bool Allowed, PolicyEffect Effect, PolicyOutcome Outcome, string ReasonCode, [property: JsonIgnore] Sentence Said, string? MatchingPolicyId, string? MatchingPolicyName, string? DelegationId)
{
    /// <summary>One plain sentence.</summary>
    public string Reason => Said.ToString();

    /// <summary>Where it was asked for: what each enabled policy says by itself, by precedence.</summary>
    public IReadOnlyList<PolicyFinding>? Findings { get; init; }

    /// <summary>The same as <see cref="MatchingPolicyId"/>.</summary>
    public string? PolicyId => MatchingPolicyId;

    /// <summary>The same as <see cref="MatchingPolicyName"/>.</summary>
    public string? PolicyName => MatchingPolicyName;

    /// <summary>For somebody of another organization, whose policies are no concern of theirs.</summary>
    internal EvaluationItem WithoutPolicy => MatchingPolicyId is null ? this : this with
    {
        MatchingPolicyId = null,
        MatchingPolicyName = null,
        Said = Allowed ? "It is granted, and no policy of its organization forbids it." : "A policy of its organization does not allow it.",
    };

    /// <summary>Of the policy that decides, its decision's own sentence: only that knows what its limits have left.</summary>
    internal EvaluationItem With(IReadOnlyList<PolicyFinding> findings) => this with
    {
        Findings = [.. findings.Select(finding => finding.PolicyId == MatchingPolicyId && finding.Outcome == PolicyOutcome.Allowed && Outcome == PolicyOutcome.Denied
            ? finding with { Outcome = Outcome, ReasonCode = ReasonCode, Said = ReasonCode == PolicyReasons.RateLimitExceeded ? "the limit of requests is used up" : "the budget does not cover the amount" }
            : finding)],
    };

    /// <param name="delegationId">The chain that gives it; null: own rights do.</param>
    internal static EvaluationItem Of(PolicyDecision decision, string? delegationId)
    {
        var allowed = decision.Outcome == PolicyOutcome.Allowed;
        return new(
            allowed, allowed ? PolicyEffect.Allow : PolicyEffect.Deny, decision.Outcome, decision.ReasonCode,
            allowed && delegationId is not null && decision.PolicyId is null ? Sentence.Of("The delegation {0} gives it, and no policy narrows that here.", delegationId) : decision.Said,
            decision.PolicyId, decision.PolicyName, allowed ? delegationId : null);
    }

    internal static EvaluationItem Denied(string code, Sentence said) => new(false, PolicyEffect.Deny, PolicyOutcome.Denied, code, said, null, null, null);
}
