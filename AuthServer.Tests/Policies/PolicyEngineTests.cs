using AuthServer.Policies.Engine;

namespace AuthServer.Tests.Policies;

public sealed class PolicyEngineTests
{
    private const string Nothing = "[]";

    [Fact]
    public void Without_policies_what_is_granted_is_allowed()
    {
        var decision = Ask.For("email:send").Decide();
        Assert.Equal((PolicyOutcome.Allowed, PolicyReasons.Allowed, null), (decision.Outcome, decision.ReasonCode, decision.PolicyId));
    }

    [Fact]
    public void A_scope_that_is_not_granted_is_denied_whatever_the_policies()
    {
        var decision = (Ask.For("email:send") with { Granted = ["email:read"] }).Decide(Ask.Policy(Nothing));
        Assert.Equal((PolicyOutcome.Denied, PolicyReasons.ScopeMissing, null), (decision.Outcome, decision.ReasonCode, decision.PolicyId));
        Assert.Equal("The scope \"email:send\" is not granted.", decision.Said.ToString());
    }

    [Theory]
    [InlineData("Email:send")]
    [InlineData("email.send")]
    [InlineData("email:send ")]
    public void Scopes_are_compared_exactly(string granted) =>
        Assert.Equal(PolicyReasons.ScopeMissing, (Ask.For("email:send") with { Granted = [granted] }).Decide().ReasonCode);

    [Fact]
    public void One_missing_scope_of_several_denies_them_all() =>
        Assert.Equal(PolicyReasons.ScopeMissing, (Ask.For("email:read", "email:send") with { Granted = ["email:read"] }).Decide().ReasonCode);

    [Theory]
    [InlineData("email:*")]
    [InlineData("*")]
    public void A_wildcard_is_not_an_action_that_can_be_asked_for(string action) =>
        Assert.Equal(PolicyReasons.ScopeMissing, Ask.For(action).Decide().ReasonCode);

    [Fact]
    public void A_prohibition_denies_and_is_named()
    {
        var policy = Ask.Policy(Nothing, PolicyEffect.Deny) with { Actions = [Pattern.Action("payments:*")!] };
        policy.Denies(Ask.For("payments:charge"), PolicyReasons.PolicyDenies);
        policy.Allows(Ask.For("email:send"));
    }

    [Fact]
    public void A_harmless_action_asked_for_besides_does_not_lead_around_a_prohibition()
    {
        var policy = Ask.Policy("action_allowlist", """{"actions":["payments:charge"]}""", PolicyEffect.Deny);
        policy.Denies(Ask.For("payments:charge", "email:read"), PolicyReasons.PolicyDenies);
        policy.Denies(Ask.For("email:read", "payments:charge"), PolicyReasons.PolicyDenies);
        policy.Allows(Ask.For("email:read"));
    }

    [Fact]
    public void A_prohibition_reaches_only_as_far_as_all_its_rules()
    {
        var policy = Ask.Policy(
            """
            [{"type":"ip_allowlist","config":{"cidrs":["192.0.2.0/24"]}},
             {"type":"time_window","config":{"allowedDays":[1],"startTimeUtc":"09:00","endTimeUtc":"17:00","timezone":"UTC"}}]
            """,
            PolicyEffect.Deny);
        policy.Denies(Ask.For("email:send"), PolicyReasons.PolicyDenies);
        policy.Allows(Ask.For("email:send") with { Now = Ask.Monday.AddDays(1) });
    }

    [Fact]
    public void A_prohibition_whose_rule_cannot_be_judged_denies() =>
        Ask.Policy("ip_allowlist", """{"cidrs":["10.0.0.0/8"]}""", PolicyEffect.Deny)
            .Denies(Ask.For("email:send") with { Address = null }, PolicyReasons.PolicyDenies);

    [Fact]
    public void A_policy_that_is_switched_off_says_nothing() =>
        (Ask.Policy(Nothing, PolicyEffect.Deny) with { Enabled = false }).Allows(Ask.For("email:send"));

    [Fact]
    public void A_resource_that_is_not_named_may_be_any()
    {
        var policy = Ask.Policy(Nothing, PolicyEffect.Deny) with { Resources = [Pattern.Resource("/admin*")!] };
        policy.Denies(Ask.For("api.read") with { Resource = "/admin/users" }, PolicyReasons.PolicyDenies);
        policy.Denies(Ask.For("api.read"), PolicyReasons.PolicyDenies);
        policy.Allows(Ask.For("api.read") with { Resource = "/files" });
    }

    [Fact]
    public void An_action_that_is_not_named_may_be_any()
    {
        (Ask.Policy(Nothing, PolicyEffect.Deny) with { Actions = [Pattern.Action("payments:*")!] }).Denies(Ask.For(), PolicyReasons.PolicyDenies);
        Ask.Policy("action_allowlist", """{"actions":["email:read"]}""").Denies(Ask.For(), PolicyReasons.ActionUnknown);
        Ask.Policy("action_blocklist", """{"actions":["email:read"]}""").Denies(Ask.For(), PolicyReasons.ActionUnknown);
        Ask.Policy("max_risk", """{"level":"critical"}""").Denies(Ask.For(), PolicyReasons.ActionUnknown);
    }

    [Fact]
    public void Subjects_of_one_kind_are_alternatives_and_kinds_add_up()
    {
        var policy = Ask.Policy(Nothing, PolicyEffect.Deny) with { Subjects = new() { AgentIds = ["agt_0", "agt_1"], UserIds = ["usr_1"] } };
        policy.Denies(Ask.For("email:send"), PolicyReasons.PolicyDenies);
        policy.Allows(Ask.For("email:send") with { AgentId = "agt_2" });
        policy.Allows(Ask.For("email:send") with { UserId = "usr_2" });
        policy.Allows(Ask.For("email:send") with { UserId = null });
    }

    [Fact]
    public void Subjects_are_chosen_by_type_and_trust_of_the_agent()
    {
        var policy = Ask.Policy(Nothing, PolicyEffect.Deny) with { Subjects = new() { AgentTypes = ["tool"], TrustLevels = ["ephemeral"] } };
        var tool = Ask.For("email:send") with { AgentType = "tool", TrustLevel = "ephemeral" };
        policy.Denies(tool, PolicyReasons.PolicyDenies);
        policy.Allows(tool with { AgentType = "assistant" });
        policy.Allows(tool with { TrustLevel = "root" });
        policy.Allows(tool with { AgentId = null, AgentType = null, TrustLevel = null });
    }

    [Fact]
    public void An_agent_of_unknown_type_may_be_of_any() =>
        (Ask.Policy(Nothing, PolicyEffect.Deny) with { Subjects = new() { AgentTypes = ["tool"] } })
            .Denies(Ask.For("email:send") with { AgentType = null }, PolicyReasons.PolicyDenies);

    [Fact]
    public void Denial_overrides_approval_and_approval_overrides_allowance_whatever_the_priorities()
    {
        var allow = Ask.Policy(Nothing, id: "pol_a") with { Priority = 9 };
        var approve = Ask.Policy("""[{"type":"require_approval","config":{}}]""", id: "pol_b") with { Priority = 5 };
        var deny = Ask.Policy(Nothing, PolicyEffect.Deny, "pol_c") with { Priority = -3 };
        var input = Ask.For("email:send");
        Assert.Equal((PolicyOutcome.Denied, "pol_c"), Named(input.Decide(allow, approve, deny)));
        Assert.Equal((PolicyOutcome.ApprovalRequired, "pol_b"), Named(input.Decide(allow, approve)));
        Assert.Equal((PolicyOutcome.Allowed, "pol_a"), Named(input.Decide(allow)));
    }

    [Fact]
    public void A_rule_that_denies_is_heard_before_one_of_the_same_policy_that_asks_for_approval() =>
        Ask.Policy("""[{"type":"require_approval","config":{}},{"type":"action_blocklist","config":{"actions":["email:send"]}}]""")
            .Denies(Ask.For("email:send"), PolicyReasons.ActionBlocked);

    [Fact]
    public void Of_policies_that_agree_the_highest_priority_is_named_and_then_the_lowest_id()
    {
        Policy Deny(string id, int priority) => Ask.Policy(Nothing, PolicyEffect.Deny, id) with { Priority = priority };
        var input = Ask.For("email:send");
        Assert.Equal("pol_2", input.Decide(Deny("pol_1", 1), Deny("pol_3", 2), Deny("pol_2", 2)).PolicyId);
        Assert.Equal("pol_2", input.Decide(Deny("pol_2", 2), Deny("pol_3", 2), Deny("pol_1", 1)).PolicyId);
    }

    private static (PolicyOutcome, string?) Named(PolicyDecision decision) => (decision.Outcome, decision.PolicyId);
}
