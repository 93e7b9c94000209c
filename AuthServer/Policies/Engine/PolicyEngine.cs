using AuthServer.Languages;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies.Engine;

/// <summary>Rights come from scopes, consents and delegations; policies only narrow them. Pure: the same input and policies, in whatever
/// order, make the same decision.</summary>
public static class PolicyEngine
{
    public static PolicyDecision Decide(PolicyInput input, IReadOnlyList<Policy> policies)
    {
        if (MissingScope(input) is { } scope)
        {
            return new(PolicyOutcome.Denied, PolicyReasons.ScopeMissing, Sentence.Of("The scope \"{0}\" is not granted.", scope), null, null, []);
        }

        var findings = Findings(input, policies);
        if (findings.Count == 0)
        {
            return new(PolicyOutcome.Allowed, PolicyReasons.Allowed, "The scopes are granted, and no policy narrows them here.", null, null, input.Limits);
        }

        var decisive = findings.Find(finding => finding.Outcome == PolicyOutcome.Denied)
            ?? findings.Find(finding => finding.Outcome == PolicyOutcome.ApprovalRequired)
            ?? findings[0];
        var limits = decisive.Outcome == PolicyOutcome.Denied ? [] : Limits(input, findings);
        return new(decisive.Outcome, decisive.Code, decisive.Sentence, decisive.Policy.Id, decisive.Policy.Name, limits)
        {
            Asking = decisive.Outcome == PolicyOutcome.ApprovalRequired ? [.. findings.Where(finding => finding.Outcome == PolicyOutcome.ApprovalRequired).Select(finding => finding.Policy)] : [],
        };
    }

    /// <summary>What each policy says by itself, by precedence; those that have no say are told too. A right that is missing is no policy's matter.</summary>
    public static IReadOnlyList<PolicyFinding> Explain(PolicyInput input, IReadOnlyList<Policy> policies)
    {
        var explained = policies.ToList();
        explained.Sort((one, other) => one.CompareTo(other));
        return [.. explained.Select(policy => policy.AppliesTo(input) && Finding.Of(policy, input) is { } finding
            ? new PolicyFinding(policy.Id, policy.Name, policy.Effect, finding.Outcome, finding.Code, finding.Clause)
            : new PolicyFinding(policy.Id, policy.Name, policy.Effect, null, null, policy.Silence(input)))];
    }

    // Rights are granted by name. A pattern is nobody's name, and would slip through the policies about the names below it.
    private static string? MissingScope(PolicyInput input)
    {
        foreach (var scope in input.Required)
        {
            if (scope.Contains('*') || !input.Granted.Contains(scope, StringComparer.Ordinal))
            {
                return scope;
            }
        }

        return null;
    }

    /// <summary>What each policy says that has a say, by precedence.</summary>
    private static List<Finding> Findings(PolicyInput input, IReadOnlyList<Policy> policies)
    {
        var findings = new List<Finding>();
        foreach (var policy in policies)
        {
            if (policy.AppliesTo(input) && Finding.Of(policy, input) is { } finding)
            {
                findings.Add(finding);
            }
        }

        findings.Sort((one, other) => one.Policy.CompareTo(other.Policy));
        return findings;
    }

    private static List<LimitTake> Limits(PolicyInput input, List<Finding> findings)
    {
        var limits = new List<LimitTake>();
        foreach (var policy in findings.Select(finding => finding.Policy))
        {
            var before = new List<string>();
            foreach (var rule in policy.Rules.OfType<LimitRule>())
            {
                var kind = rule.Kind;
                limits.Add(rule.Take(policy, before.Count(other => other == kind), input));
                before.Add(kind);
            }
        }

        limits.AddRange(input.Limits);
        return limits;
    }
}
