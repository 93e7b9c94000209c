using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Tests.Policies;

namespace AuthServer.Tests.Approvals;

/// <summary>Decisions that a person had a part in, made again in a simulation.</summary>
public sealed class ApprovedAgainTests
{
    private static readonly Policy AsksForAll = Ask.Policy("require_approval", "{}");

    [Theory]
    [InlineData(true, PolicyReasons.Approved)]
    [InlineData(false, PolicyReasons.ApprovalDenied)]
    [InlineData(false, PolicyReasons.ApprovalRequired)]
    public void What_a_person_answered_they_would_answer_again(bool allowed, string reason)
    {
        var result = Again([AsksForAll], [AsksForAll], allowed, reason);

        Assert.Equal((allowed ? 1 : 0, 0, 0), (result.AllowedAfter, result.Changed, result.RecordedOtherwise));
    }

    [Fact]
    public void What_was_approved_is_denied_by_a_policy_that_denies_and_allowed_without_one_that_asks()
    {
        Assert.Equal(1, Again([AsksForAll], [AsksForAll, Ask.Policy("[]", PolicyEffect.Deny, "pol_2")], allowed: true, PolicyReasons.Approved).NewlyDenied);
        Assert.Equal(1, Again([AsksForAll], [], allowed: false, PolicyReasons.ApprovalDenied).NewlyAllowed);
        Assert.Equal(1, Again([], [AsksForAll], allowed: true, PolicyReasons.Allowed).NewlyDenied);
    }

    private static SimulationResult Again(IReadOnlyList<Policy> today, IReadOnlyList<Policy> proposed, bool allowed, string reason)
    {
        var replay = new Replay(today, proposed, Ask.Monday);
        replay.Add("aud_1", new RecordedDecision(allowed, reason, "pol_1"), Ask.For("email:send"), null);
        return replay.Result(Ask.Monday, Ask.Monday.AddDays(1), complete: true);
    }
}
