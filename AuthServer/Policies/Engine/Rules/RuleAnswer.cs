using AuthServer.Languages;

namespace AuthServer.Policies.Engine.Rules;

internal enum RuleVerdict
{
    /// <summary>The request does not say what the rule has to know.</summary>
    Unknown,
    Fails,
    NeedsApproval,
    Holds,
}

/// <summary>What a rule says of one action.</summary>
/// <param name="Clause">Why it does not hold; the end of a sentence that begins with the policy's name.</param>
internal readonly record struct RuleAnswer(RuleVerdict Verdict, string Code, Sentence Clause)
{
    public static readonly RuleAnswer Holds = new(RuleVerdict.Holds, "", "");

    public static RuleAnswer Fails(string code, Sentence clause) => new(RuleVerdict.Fails, code, clause);

    public static RuleAnswer Unknown(string code, Sentence clause) => new(RuleVerdict.Unknown, code, clause);
}
