using AuthServer.Policies.Engine;
using FsCheck;
using FsCheck.Fluent;
using static AuthServer.Tests.Policies.SmallWorld;

namespace AuthServer.Tests.Policies;

/// <summary>Any question and any policies of the small world, against the oracle and against each other.</summary>
public sealed class PolicyProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1000).WithEndSize(255);

    [Fact]
    public void The_engine_decides_and_names_the_policy_as_the_oracle_does()
    {
        var seen = new Dictionary<string, int>();
        Check((question, policies) =>
        {
            var expected = Oracle.Decide(question, policies);
            seen[expected.Outcome] = seen.GetValueOrDefault(expected.Outcome) + 1;
            var decision = Decide(question, policies);
            Assert.Equal(expected, (Word(decision.Outcome), decision.PolicyId));
        }, Many.WithMaxTest(3000)); // so many that each outcome comes often enough, however they are drawn

        // A world in which everything is denied would prove little.
        Assert.All(["denied", "approval", "allowed"], outcome => Assert.True(seen[outcome] > 20, $"{outcome}: {seen[outcome]} times"));
    }

    [Fact]
    public void What_one_policy_denies_all_together_deny() => Check((question, policies) =>
    {
        if (policies.Any(policy => Decide(question, [policy]).Outcome == PolicyOutcome.Denied))
            Assert.Equal(PolicyOutcome.Denied, Decide(question, policies).Outcome);
    });

    [Fact]
    public void Adding_a_policy_never_allows_more() => Check((question, policies) =>
    {
        for (var count = 1; count <= policies.Length; count++)
            Assert.True(Decide(question, policies[..count]).Outcome <= Decide(question, policies[..(count - 1)]).Outcome);
    });

    [Fact]
    public void Adding_a_prohibition_never_allows_more() => Check((question, policies) =>
    {
        var before = Decide(question, policies).Outcome;
        foreach (var subject in Enumerable.Range(0, Subjects.Length))
            Assert.True(Decide(question, [.. policies, new Draft("pol_x", true, true, 0, subject, 0, 0, [])]).Outcome <= before);
    });

    [Fact]
    public void The_order_of_the_list_does_not_matter() => Check((question, policies) =>
    {
        var decision = Told(Decide(question, policies));
        Assert.Equal(decision, Told(Decide(question, [.. policies.Reverse()])));
        Assert.Equal(decision, Told(Decide(question, [.. policies.OrderBy(policy => policy.Subject).ThenBy(policy => policy.ActionList)])));
    });

    [Fact]
    public void Priorities_choose_who_is_named_and_nothing_else() => Check((question, policies) =>
    {
        var outcome = Decide(question, policies).Outcome;
        Assert.Equal(outcome, Decide(question, [.. policies.Select(policy => policy with { Priority = 0 })]).Outcome);
        Assert.Equal(outcome, Decide(question, [.. policies.Select(policy => policy with { Priority = -policy.Priority })]).Outcome);
    });

    [Fact]
    public void Several_actions_are_allowed_as_far_as_each_of_them_is_alone() => Check((question, policies) =>
    {
        if (question.Asked.Length > 0)
            Assert.Equal(
                question.Asked.Min(action => Decide(question with { Asked = [action] }, policies).Outcome), Decide(question, policies).Outcome);
    });

    private static void Check(Action<Question, Draft[]> holds, Config? config = null) =>
        Prop.ForAll<(ushort Place, byte Asked, byte Granted, byte Circumstances), (byte Kind, byte Subject, byte Actions, byte Resources, byte First, byte Second)[]>(
            (drawn, policies) =>
            {
                var circumstances = drawn.Place + (drawn.Circumstances << 16);
                int Next(int count)
                {
                    (circumstances, var chosen) = Math.DivRem(circumstances, count);
                    return chosen;
                }

                var question = new Question(
                    Next(4), Some(drawn.Asked), drawn.Granted % 8 == 0 ? Some(drawn.Granted >> 3) : [0, 1, 2, 3, 4],
                    Next(4), Next(Addresses.Length), Next(Moments.Length), Next(ConsentAges.Length), Next(Amounts.Length));
                holds(question, [.. policies.Take(6).Select((policy, index) => Read(policy, index))]);
            }).Check(config ?? Many);

    private static Draft Read((byte Kind, byte Subject, byte Actions, byte Resources, byte First, byte Second) drawn, int index)
    {
        var denies = drawn.Kind % 4 == 0;
        var rules = new[] { drawn.First, drawn.Second }.Where(rule => rule % 3 != 0).Select(rule => rule / 3 % Rules.Length)
            .Where(rule => !denies || Rules[rule].InDenyPolicies).Distinct();
        return new(
            $"pol_{(char)('f' - index)}", denies, drawn.Kind % 16 != 1, (drawn.Kind >> 4) % 3 - 1, drawn.Subject % Subjects.Length,
            drawn.Actions % ActionLists.Length, drawn.Resources % ResourceLists.Length, [.. rules]);
    }

    private static int[] Some(int bits) => [.. Enumerable.Range(0, Actions.Length).Where(action => (bits >> action & 1) == 1)];

    private static PolicyDecision Decide(Question question, IEnumerable<Draft> policies) =>
        PolicyEngine.Decide(question.Input(), [.. policies.Select(policy => policy.Policy())]);

    private static string Word(PolicyOutcome outcome) => outcome switch
    {
        PolicyOutcome.Allowed => "allowed",
        PolicyOutcome.ApprovalRequired => "approval",
        _ => "denied",
    };

    private static string Told(PolicyDecision decision) => $"{decision} {string.Join(';', decision.Limits)}";
}
