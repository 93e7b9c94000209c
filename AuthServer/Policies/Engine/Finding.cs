using AuthServer.Languages;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies.Engine;

/// <summary>What one policy says of a request.</summary>
/// <param name="Clause">Why, without the policy's name.</param>
internal sealed record Finding(Policy Policy, PolicyOutcome Outcome, string Code, Sentence Clause)
{
    private static readonly IReadOnlyList<string?> Unnamed = [null];

    public Sentence Sentence => PolicyDecision.Of(Policy.Name, Clause);

    /// <summary>Null: it is about none of the actions, or is a prohibition that does not reach them.</summary>
    public static Finding? Of(Policy policy, PolicyInput input)
    {
        // Actions are judged one at a time: asking for a harmless one besides must not change what is said of the other.
        Finding? found = null;
        foreach (var action in input.Required.Count == 0 ? Unnamed : (IReadOnlyList<string?>)input.Required)
        {
            if (policy.IsAbout(action) && Of(policy, input, action) is { } finding && (found is null || finding.Outcome < found.Outcome))
            {
                found = finding;
            }
        }

        return found;
    }

    private static Finding? Of(Policy policy, PolicyInput input, string? action) =>
        policy.Effect == PolicyEffect.Allow ? Condition(policy, input, action) : Prohibition(policy, input, action);

    private static Finding Condition(Policy policy, PolicyInput input, string? action)
    {
        var approval = default(RuleAnswer?);
        foreach (var rule in policy.Rules)
        {
            switch (rule.Judge(input, action))
            {
                case { Verdict: RuleVerdict.Holds }:
                    break;
                case { Verdict: RuleVerdict.NeedsApproval } answer:
                    approval ??= answer;
                    break;
                case var answer:
                    return new(policy, PolicyOutcome.Denied, answer.Code, answer.Clause);
            }
        }

        return approval is { } needed
            ? new(policy, PolicyOutcome.ApprovalRequired, needed.Code, needed.Clause)
            : new(policy, PolicyOutcome.Allowed, PolicyReasons.Allowed, "its rules allow this");
    }

    // Only a rule that certainly does not hold keeps a prohibition away.
    private static Finding? Prohibition(Policy policy, PolicyInput input, string? action)
    {
        foreach (var rule in policy.Rules)
        {
            if (rule.Judge(input, action).Verdict == RuleVerdict.Fails)
            {
                return null;
            }
        }

        return new(policy, PolicyOutcome.Denied, PolicyReasons.PolicyDenies, action is null ? "it denies this" : Sentence.Of("it denies \"{0}\"", action));
    }
}
