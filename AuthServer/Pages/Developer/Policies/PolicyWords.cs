using System.Text;
using AuthServer.Agents;
using AuthServer.Pages.Developer.Agents;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>Policies in words.</summary>
internal static class PolicyWords
{
    public static string Effect(PolicyEffect effect) => effect == PolicyEffect.Deny ? T("Forbids") : T("Sets conditions");

    /// <summary>Whom it is about.</summary>
    public static string Whom(SubjectsItem subjects)
    {
        string[] parts =
        [
            .. subjects.AgentIds.Count > 0 ? [Count(subjects.AgentIds.Count, "{0} agent", "{0} agents")] : Array.Empty<string>(),
            .. subjects.AgentTypes.Select(Kind),
            .. subjects.TrustLevels.Select(Trust),
            .. subjects.UserIds.Count > 0 ? [Count(subjects.UserIds.Count, "for {0} person", "for {0} people")] : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? T("Everybody") : string.Join(", ", parts);
    }

    public static string Kind(string type) => Enum.TryParse<AgentType>(type, ignoreCase: true, out var known) ? AgentWords.Of(known) : type;

    public static string Trust(string level) => level switch
    {
        "root" => T("Root"),
        "delegated" => T("Delegated"),
        "ephemeral" => T("Ephemeral"),
        _ => level,
    };

    /// <summary>A list of names as it is in a table; the rest is counted.</summary>
    public static string Some(IReadOnlyList<string> names) =>
        names.Count <= 3 ? string.Join(", ", names) : T("{0} and {1} more", string.Join(", ", names.Take(2)), names.Count - 2);

    /// <summary>What one policy found, in one word.</summary>
    public static string Finding(PolicyFinding finding) => finding.Outcome switch
    {
        null => T("No say"),
        PolicyOutcome.Allowed => T("Allows"),
        PolicyOutcome.ApprovalRequired => T("Asks for approval"),
        _ => T("Denies"),
    };

    public static string Outcome(PolicyOutcome outcome) => outcome switch
    {
        PolicyOutcome.Allowed => T("Yes, it may"),
        PolicyOutcome.ApprovalRequired => T("Only if a person approves"),
        _ => T("No, it may not"),
    };

    /// <summary>A decision of before or after, in a word and its reason.</summary>
    public static string Decided(bool allowed, string? reasonCode) => allowed || reasonCode is null ? allowed ? T("Allowed") : T("Denied") : T("Denied: {0}", Within(reasonCode));

    /// <summary><c>maxRequests</c> and <c>per_user</c> as people write.</summary>
    public static string Label(string member)
    {
        var words = new StringBuilder(member.Length + 4);
        foreach (var letter in member)
        {
            if (letter == '_' || char.IsUpper(letter))
            {
                words.Append(' ');
            }

            words.Append(letter == '_' ? "" : char.ToLowerInvariant(letter).ToString());
        }

        return T(Sentence(words.ToString(), end: ""));
    }

    /// <summary>The same in the middle of a sentence. Where it has a translation, its letters are as large as they have to be.</summary>
    public static string Within(string member) => Label(member) is var label && Language == AuthServer.Languages.Language.English ? label.ToLowerInvariant() : label;

    public static string Sentence(string words, string end = ".") => words.Length == 0 ? words : Names.Capital(words) + end;
}
