using System.Text.Json.Serialization;
using AuthServer.Languages;

namespace AuthServer.Policies.Engine;

/// <summary>What one policy says of a request, for who wants to understand a decision.</summary>
/// <param name="Outcome">Null: it has no say here.</param>
/// <param name="ReasonCode">One of <see cref="PolicyReasons"/>; null where it has no say.</param>
/// <param name="Said">The same as <see cref="Clause"/>, for people.</param>
public sealed record PolicyFinding(string PolicyId, string PolicyName, PolicyEffect Effect, PolicyOutcome? Outcome, string? ReasonCode, [property: JsonIgnore] Sentence Said)
{
    /// <summary>Why, without the policy's name.</summary>
    public string Clause => Said.ToString();
}
