using System.Text.Json;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>A person has to approve first.</summary>
/// <param name="Actions">Null: every action that the policy is about.</param>
public sealed record RequireApproval(IReadOnlyList<Pattern>? Actions) : PolicyRule
{
    internal static readonly RuleType Syntax = new(
        "require_approval",
        "Asks a person to approve the listed actions first, or every action that the policy is about.",
        InDenyPolicies: false,
        [new("actions", "a list of 1 to 100 actions or wildcards; left out: all", Required: false, RuleValue.Texts)],
        """{"actions":["payments:*"]}""")
    {
        Read = reader =>
            !reader.Has("actions") ? new RequireApproval(Actions: null)
            : reader.Actions("actions") is { } actions ? new RequireApproval(actions)
            : null,
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action) =>
        Actions is not null && action is not null && !Actions.Cover(action)
            ? RuleAnswer.Holds
            : new(RuleVerdict.NeedsApproval, PolicyReasons.ApprovalRequired, action is null ? "a person has to approve this" : Sentence.Of("a person has to approve \"{0}\"", action));

    internal override void Write(Utf8JsonWriter config)
    {
        if (Actions is not null)
        {
            config.Write("actions", Actions);
        }
    }
}
