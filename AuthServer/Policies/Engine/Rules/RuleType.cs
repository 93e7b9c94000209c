namespace AuthServer.Policies.Engine.Rules;

/// <summary>A kind of rule: how it is written, and how it is read.</summary>
/// <param name="Name">The word in <c>type</c>.</param>
/// <param name="Summary">What it does, in one sentence.</param>
/// <param name="Members">Those of its config, and no others.</param>
/// <param name="Example">A config as JSON.</param>
/// <param name="InDenyPolicies">Whether a prohibition may depend on it: whether it only looks.</param>
internal sealed record RuleType(string Name, string Summary, bool InDenyPolicies, IReadOnlyList<RuleMember> Members, string Example)
{
    /// <summary>Null: the reader has noted why not.</summary>
    public required Func<RuleReader, PolicyRule?> Read { get; init; }
}

/// <param name="Form">What it may hold, in words.</param>
internal sealed record RuleMember(string Name, string Form, bool Required = true, RuleValue Value = RuleValue.Text)
{
    /// <summary>The words of which it is one; empty: any text.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];
}

/// <summary>How a member of a config is written in JSON.</summary>
internal enum RuleValue
{
    Text,
    Number,
    Texts,
    Numbers,
}
