using System.Text.Json;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>Only these actions.</summary>
public sealed record ActionAllowlist(IReadOnlyList<Pattern> Actions) : PolicyRule
{
    internal static readonly RuleType Syntax = new(
        "action_allowlist",
        "Allows only the listed actions.",
        InDenyPolicies: true,
        [new("actions", "a list of 1 to 100 actions or wildcards, such as email:read, email:* or crm.*", Value: RuleValue.Texts)],
        """{"actions":["email:read"]}""")
    {
        Read = reader => reader.Actions("actions") is { } actions ? new ActionAllowlist(actions) : null,
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action) =>
        action is null ? ActionLists.NoAction
        : Actions.Cover(action) ? RuleAnswer.Holds
        : RuleAnswer.Fails(PolicyReasons.ActionNotAllowed, Sentence.Of("\"{0}\" is not on its list of allowed actions", action));

    internal override void Write(Utf8JsonWriter config) => config.Write("actions", Actions);
}
