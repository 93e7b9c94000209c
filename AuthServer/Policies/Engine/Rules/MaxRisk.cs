using System.Text.Json;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

/// <summary>No action above this risk.</summary>
public sealed record MaxRisk(RiskLevel Level) : PolicyRule
{
    private static readonly Dictionary<string, RiskLevel> Levels = new(StringComparer.Ordinal)
    {
        ["low"] = RiskLevel.Low,
        ["standard"] = RiskLevel.Standard,
        ["high"] = RiskLevel.High,
        ["critical"] = RiskLevel.Critical,
    };

    internal static readonly RuleType Syntax = new(
        "max_risk",
        "Allows only actions whose risk is known and at most this level.",
        InDenyPolicies: true,
        [new("level", "low, standard, high or critical") { Words = [.. Levels.Keys] }],
        """{"level":"high"}""")
    {
        Read = reader => reader.Word("level", Levels) is { } level ? new MaxRisk(level) : null,
    };

    internal override RuleType Type => Syntax;

    internal override RuleAnswer Judge(PolicyInput input, string? action) =>
        action is null ? ActionLists.NoAction
        : input.Risk(action) is not { } risk ? RuleAnswer.Unknown(PolicyReasons.RiskUnknown, Sentence.Of("nobody has said how risky \"{0}\" is", action))
        : risk <= Level ? RuleAnswer.Holds
        : RuleAnswer.Fails(PolicyReasons.RiskTooHigh, Sentence.Of("the risk of \"{0}\" is {1}, and it allows {2} at most", action, (Sentence)Word(risk), (Sentence)Word(Level)));

    internal override void Write(Utf8JsonWriter config) => config.WriteString("level", Word(Level));

    private static string Word(RiskLevel level) => Levels.First(pair => pair.Value == level).Key;
}
