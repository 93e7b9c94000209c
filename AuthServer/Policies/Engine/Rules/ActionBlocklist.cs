using System.Text.Json;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>None of these actions.</summary>
public sealed record ActionBlocklist(IReadOnlyList<Pattern> Actions) : PolicyRule
{
    internal static readonly RuleType Syntax = new(
        "action_blocklist",
        "Blocks the listed actions.",
        InDenyPolicies: true,
        [new("actions", "a list of 1 to 100 actions or wildcards, such as payments:charge, payments:* or crm.*", Value: RuleValue.Texts)],
        """{"actions":["payments:charge"]}""")
    {
        Read = reader => reader.Actions("actions") is { } actions ? new ActionBlocklist(actions) : null,
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action) =>
        action is null ? ActionLists.NoAction
        : Actions.Cover(action) ? RuleAnswer.Fails(PolicyReasons.ActionBlocked, Sentence.Of("\"{0}\" is on its list of blocked actions", action))
        : RuleAnswer.Holds;

    internal override void Write(Utf8JsonWriter config) => config.Write("actions", Actions);
}
