using AuthServer.Languages;
using AuthServer.Policies.Engine;

namespace AuthServer.Tests.Policies;

/// <summary>What each rule lets through, as the policy whose only rule it is.</summary>
public sealed class RuleTests
{
    [Fact]
    public void An_allowlist_lets_only_its_actions_through()
    {
        var policy = Ask.Policy("action_allowlist", """{"actions":["email:read","crm.*"]}""");
        policy.Allows(Ask.For("email:read", "crm.deals.read"));
        policy.Denies(Ask.For("email:send"), PolicyReasons.ActionNotAllowed);
        policy.Denies(Ask.For("email:read", "email:send"), PolicyReasons.ActionNotAllowed);
    }

    [Fact]
    public void A_blocklist_stops_its_actions()
    {
        var policy = Ask.Policy("action_blocklist", """{"actions":["payments:*"]}""");
        policy.Allows(Ask.For("email:send"));
        policy.Denies(Ask.For("payments:charge"), PolicyReasons.ActionBlocked);
        policy.Denies(Ask.For("email:send", "payments:charge"), PolicyReasons.ActionBlocked);
    }

    [Fact]
    public void Rules_speak_only_of_the_actions_that_their_policy_is_about()
    {
        var policy = Ask.Policy("action_allowlist", """{"actions":["email:read"]}""") with { Actions = [Pattern.Action("email:*")!] };
        policy.Allows(Ask.For("crm.read", "email:read"));
        policy.Denies(Ask.For("crm.read", "email:send"), PolicyReasons.ActionNotAllowed);
    }

    [Theory]
    [InlineData(RiskLevel.Low, true)]
    [InlineData(RiskLevel.Standard, true)]
    [InlineData(RiskLevel.High, false)]
    [InlineData(RiskLevel.Critical, false)]
    public void The_highest_risk_of_the_actions_counts(RiskLevel risk, bool allowed)
    {
        var policy = Ask.Policy("max_risk", """{"level":"standard"}""");
        var input = Ask.For("harmless", "asked") with { Risk = scope => scope == "asked" ? risk : RiskLevel.Low };
        if (allowed)
            policy.Allows(input);
        else
            policy.Denies(input, PolicyReasons.RiskTooHigh);
    }

    [Fact]
    public void How_risky_is_said_in_the_language_of_whoever_reads_it()
    {
        var said = (Ask.For("mail") with { Risk = _ => RiskLevel.Critical }).Decide(Ask.Policy("max_risk", """{"level":"high"}""")).Said;
        Assert.Equal("Policy \"Office\": the risk of \"mail\" is critical, and it allows high at most.", said.ToString());
        Assert.Contains("das Risiko von „mail“ ist „Kritisch“, und sie erlaubt höchstens „Hoch“", said.In(Language.Of("de")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_action_of_unknown_risk_is_denied_even_where_critical_ones_are_not() =>
        Ask.Policy("max_risk", """{"level":"critical"}""").Denies(Ask.For("new:thing") with { Risk = _ => null }, PolicyReasons.RiskUnknown);

    [Fact]
    public void Approval_is_asked_for_the_named_actions_or_for_all()
    {
        var some = Ask.Policy("require_approval", """{"actions":["payments:*"]}""");
        some.Allows(Ask.For("email:send"));
        var decision = Ask.For("email:send", "payments:charge").Decide(some);
        Assert.Equal((PolicyOutcome.ApprovalRequired, PolicyReasons.ApprovalRequired), (decision.Outcome, decision.ReasonCode));
        Assert.Equal("Policy \"Office\": a person has to approve \"payments:charge\".", decision.Said.ToString());
        Assert.Equal(PolicyOutcome.ApprovalRequired, Ask.For("email:send").Decide(Ask.Policy("require_approval", "{}")).Outcome);
        Assert.Equal(PolicyOutcome.ApprovalRequired, Ask.For().Decide(some).Outcome);
    }

    [Fact]
    public void Access_ends_when_the_consent_is_too_old()
    {
        var policy = Ask.Policy("expires_after", """{"seconds":3600}""");
        var input = Ask.For("email:send") with { GrantedAt = Ask.Monday.AddSeconds(-3599) };
        policy.Allows(input);
        policy.Denies(input with { Now = Ask.Monday.AddSeconds(1) }, PolicyReasons.AccessExpired);
        policy.Denies(input with { GrantedAt = null }, PolicyReasons.ConsentTimeUnknown);
    }

    [Fact]
    public void Access_ends_at_a_moment()
    {
        var policy = Ask.Policy("expires_after", """{"at":"2026-03-02T12:00:00+01:00"}""");
        policy.Allows(Ask.For("email:send") with { Now = Ask.Monday.AddMinutes(59), GrantedAt = null });
        policy.Denies(Ask.For("email:send") with { Now = Ask.Monday.AddMinutes(60) }, PolicyReasons.AccessExpired);
    }

    [Fact]
    public void A_rate_limit_takes_one_request_however_many_actions_it_asks_for()
    {
        var policy = Ask.Policy("rate_limit", """{"maxRequests":10,"windowSeconds":60,"scope":"per_agent"}""");
        var limit = Assert.Single(Ask.For("email:read", "email:send").Decide(policy).Limits);
        Assert.Equal(
            new LimitTake(LimitKind.Rate, "pol_1/rate_limit/60/per_agent/0/agent/agt_1", 10, TimeSpan.FromSeconds(60), 1, "pol_1", "Office"), limit);
    }

    [Theory]
    [InlineData("per_user", "usr_1", "agt_1", "user/usr_1")]
    [InlineData("per_user", null, "agt_1", "agent/agt_1")]
    [InlineData("per_user", null, null, "client/agc_1")]
    [InlineData("per_agent", "usr_1", "agt_1", "agent/agt_1")]
    [InlineData("per_agent", "usr_1", null, "client/agc_1")]
    [InlineData("per_organization", "usr_1", "agt_1", "organization/acct_1")]
    public void A_limit_counts_whom_its_scope_says_and_who_acts_for_nobody_as_itself(string scope, string? user, string? agent, string counted)
    {
        var policy = Ask.Policy("rate_limit", $$"""{"maxRequests":1,"windowSeconds":60,"scope":"{{scope}}"}""");
        var limit = Assert.Single((Ask.For("email:send") with { UserId = user, AgentId = agent }).Decide(policy).Limits);
        Assert.Equal($"pol_1/rate_limit/60/{scope}/0/{counted}", limit.Key);
    }

    [Fact]
    public void A_limit_keeps_its_counter_when_other_rules_come_and_go_and_of_two_of_a_kind_each_has_its_own()
    {
        const string perHour = """{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":3600,"scope":"per_agent"}}""";
        const string perMinute = """{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_agent"}}""";
        const string office = """{"type":"ip_allowlist","config":{"cidrs":["192.0.2.0/24"]}}""";
        static string[] Keys(params string[] rules) => [.. Ask.For("email:send").Decide(Ask.Policy($"[{string.Join(',', rules)}]")).Limits.Select(limit => limit.Key)];
        var alone = Assert.Single(Keys(perHour));
        Assert.Equal(alone, Keys(office, perMinute, perHour)[1]);
        Assert.Equal(2, Keys(perHour, perHour).Distinct().Count());
        Assert.Equal(alone, Keys(perHour, perHour)[0]);
    }

    [Fact]
    public void A_budget_takes_the_amount()
    {
        var policy = Ask.Policy("budget", """{"maxAmount":100,"windowSeconds":3600,"scope":"per_user","currency":"EUR"}""");
        var input = Ask.For("payments:charge") with { Amount = 12.50m, Currency = "EUR" };
        var limit = Assert.Single(input.Decide(policy).Limits);
        Assert.Equal((LimitKind.Budget, 100m, 12.50m), (limit.Kind, limit.Max, limit.Amount));
        policy.Denies(input with { Amount = null }, PolicyReasons.AmountUnknown);
        policy.Denies(input with { Currency = "USD" }, PolicyReasons.CurrencyNotAccepted);
        policy.Denies(input with { Currency = "eur" }, PolicyReasons.CurrencyNotAccepted);
        policy.Denies(input with { Currency = null }, PolicyReasons.CurrencyNotAccepted);
        Ask.Policy("budget", """{"maxAmount":100,"windowSeconds":3600,"scope":"per_user"}""").Allows(input);
    }

    [Fact]
    public void Amounts_that_would_refill_a_budget_or_vanish_in_rounding_are_denied()
    {
        var policy = Ask.Policy("budget", """{"maxAmount":100,"windowSeconds":3600,"scope":"per_user"}""");
        foreach (var amount in new[] { -0.01m, decimal.MinValue, decimal.MaxValue, 1_000_000_000_001m, 0.0000000001m })
            policy.Denies(Ask.For("payments:charge") with { Amount = amount }, PolicyReasons.AmountNotUsable);
    }

    [Fact]
    public void Limits_come_in_the_order_of_priority_and_only_from_policies_that_have_a_say()
    {
        Policy Limit(string id, int priority, string action) =>
            Ask.Policy("""[{"type":"rate_limit","config":{"maxRequests":1,"windowSeconds":60,"scope":"per_user"}}]""", id: id)
                with
            { Priority = priority, Actions = [Pattern.Action(action)!] };
        var decision = Ask.For("email:send").Decide(Limit("pol_1", 1, "*"), Limit("pol_2", 2, "email:*"), Limit("pol_3", 3, "crm.*"));
        Assert.Equal(["pol_2", "pol_1"], decision.Limits.Select(limit => limit.PolicyId));
    }

    [Fact]
    public void An_exhausted_limit_names_its_policy()
    {
        var limit = Assert.Single(Ask.For("email:send").Decide(Ask.Policy("rate_limit", """{"maxRequests":1,"windowSeconds":60,"scope":"per_user"}""")).Limits);
        var decision = limit.Exceeded();
        Assert.Equal((PolicyOutcome.Denied, PolicyReasons.RateLimitExceeded, "pol_1"), (decision.Outcome, decision.ReasonCode, decision.PolicyId));
        Assert.Equal("Policy \"Office\": the limit of requests is used up.", decision.Said.ToString());
    }
}
