using System.Text.Json;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>What a policy says, as one would tell it somebody: whom it allows or forbids what, how that is narrowed, and what must hold.</summary>
/// <param name="Lead">The sentence.</param>
/// <param name="Narrowed">About whom and what it is besides, each as a sentence.</param>
/// <param name="Conditions">Each of its rules.</param>
internal sealed record PolicySentence(string Lead, IReadOnlyList<string> Narrowed, IReadOnlyList<string> Conditions)
{
    /// <param name="organization">How the organization is called.</param>
    /// <param name="names">Of agents, by id.</param>
    public static PolicySentence Of(PolicyItem policy, string organization, IReadOnlyDictionary<string, string> names) => Of(Outline(policy), organization, names);

    public static PolicyOutline Outline(PolicyItem policy) => new(
        policy.Effect, policy.Actions, policy.Resources.Paths, policy.Subjects.AgentIds, policy.Subjects.UserIds, policy.Subjects.AgentTypes, policy.Subjects.TrustLevels, policy.Rules);

    public static PolicySentence Of(PolicyOutline policy, string organization, IReadOnlyDictionary<string, string> names)
    {
        JsonElement[] rules = policy.Rules is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];
        var agents = policy.AgentIds.Select(id => Names.Shown(names.GetValueOrDefault(id) ?? id)).ToArray();
        var who = agents.Length switch
        {
            0 => T("All agents of {0}", Names.Shown(organization)),
            1 => T("The agent {0}", agents[0]),
            _ => T("The agents {0}", PolicyWords.Some(agents)),
        };
        var what = policy.Actions.Count == 0 ? T("any action") : PolicyWords.Some(policy.Actions);
        return new(Say(policy.Effect, rules.Length > 0, agents.Length == 1, who, what), [.. Narrow(policy)], [.. rules.Select(RuleSentence.Of)]);
    }

    // English has one word for one and for many here, but most languages have two.
    private static string Say(PolicyEffect effect, bool hasRules, bool isOne, string who, string what) => (effect, hasRules) switch
    {
        (PolicyEffect.Deny, false) => isOne ? T("{0} is never allowed {1}.", who, what) : T("{0} are never allowed {1}.", who, what),
        (PolicyEffect.Deny, true) => isOne ? T("{0} is not allowed {1} where all of this holds:", who, what) : T("{0} are not allowed {1} where all of this holds:", who, what),
        (_, true) => isOne ? T("{0} is allowed {1} only while all of this holds:", who, what) : T("{0} are allowed {1} only while all of this holds:", who, what),
        _ => T("It narrows nothing yet: it has no rules."),
    };

    private static IEnumerable<string> Narrow(PolicyOutline policy)
    {
        if (policy.AgentTypes.Count > 0)
        {
            yield return T("Only agents of these kinds: {0}.", string.Join(", ", policy.AgentTypes.Select(PolicyWords.Kind)));
        }

        if (policy.TrustLevels.Count > 0)
        {
            yield return T("Only agents of this trust: {0}.", string.Join(", ", policy.TrustLevels.Select(PolicyWords.Trust)));
        }

        if (policy.UserIds.Count > 0)
        {
            yield return T("Only where they act for these people: {0}.", PolicyWords.Some(policy.UserIds));
        }

        if (policy.Resources.Count > 0)
        {
            yield return T("Only on these resources: {0}.", PolicyWords.Some(policy.Resources));
        }
    }
}

/// <summary>What is told of a policy, whether it is stored or being written.</summary>
internal sealed record PolicyOutline(
    PolicyEffect Effect, IReadOnlyList<string> Actions, IReadOnlyList<string> Resources, IReadOnlyList<string> AgentIds, IReadOnlyList<string> UserIds,
    IReadOnlyList<string> AgentTypes, IReadOnlyList<string> TrustLevels, JsonElement? Rules);
