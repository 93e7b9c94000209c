using static AuthServer.Tests.Policies.SmallWorld;

namespace AuthServer.Tests.Policies;

/// <summary>The decision by brute force: every policy, every action, every rule, from what the small world says they mean.</summary>
internal static class Oracle
{
    /// <returns>denied, approval or allowed; and the policy that is named, or null.</returns>
    public static (string Outcome, string? Policy) Decide(Question question, IReadOnlyList<Draft> policies)
    {
        if (question.Asked.Any(action => !question.Granted.Contains(action)))
            return ("denied", null);

        var said = new List<(string Outcome, Draft Policy)>();
        foreach (var policy in policies)
            foreach (var action in question.Asked.Length == 0 ? [-1] : question.Asked)
            {
                if (Say(policy, question, action) is { } outcome)
                    said.Add((outcome, policy));
            }

        var strongest = said.Exists(one => one.Outcome == "denied") ? "denied" : said.Exists(one => one.Outcome == "approval") ? "approval" : "allowed";
        var named = said.Where(one => one.Outcome == strongest).Select(one => one.Policy).ToList();
        if (strongest == "allowed")
            named = [.. said.Select(one => one.Policy)];
        return (strongest, named.OrderByDescending(policy => policy.Priority).ThenBy(policy => policy.Id, StringComparer.Ordinal).FirstOrDefault()?.Id);
    }

    private static string? Say(Draft policy, Question question, int action)
    {
        if (!policy.Enabled || !Subjects[policy.Subject].Means.Contains(question.Who) || !ResourceLists[policy.ResourceList].Means.Contains(question.Resource)
            || !ActionLists[policy.ActionList].Means.Contains(action))
        {
            return null;
        }

        var answers = string.Concat(policy.RuleList.Select(rule => Rules[rule].Means(question, action)));
        if (policy.Denies)
            return answers.Contains('n') ? null : "denied";
        return answers.Contains('n') || answers.Contains('?') ? "denied" : answers.Contains('a') ? "approval" : "allowed";
    }
}
