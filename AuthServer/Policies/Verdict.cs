using AuthServer.Http.Api;
using AuthServer.Policies.Engine;

namespace AuthServer.Policies;

/// <summary>A decision that was made and recorded.</summary>
/// <param name="ReasonCode">One of <see cref="PolicyReasons"/>.</param>
/// <param name="Reason">One plain sentence.</param>
/// <param name="PolicyId">The policy that decided; null: none had a say.</param>
/// <param name="Rate">The rate limit that is nearest to its end; null: there is none.</param>
/// <param name="Left">What is left of each limit that a delegation sets.</param>
/// <param name="DecisionId">The event's id in the trail.</param>
public sealed record Verdict(
    bool Allowed, string ReasonCode, string Reason, string? PolicyId, string? PolicyName, RateLeft? Rate, IReadOnlyList<LimitLeft> Left, string DecisionId)
{
    /// <summary>The question to a person that stands in between; null: none does.</summary>
    public AskedApproval? Approval { get; init; }
}
