using System.Net;
using System.Text.Json;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Tests.Policies;

/// <summary>Requests and policies with as few words as a test needs.</summary>
internal static class Ask
{
    /// <summary>A Monday.</summary>
    public static readonly DateTimeOffset Monday = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    /// <summary>Asks for these actions, which are granted, for a person, from an address that is known.</summary>
    public static PolicyInput For(params string[] actions) => new()
    {
        Now = Monday,
        OrganizationId = "acct_1",
        AgentId = "agt_1",
        AgentType = "assistant",
        TrustLevel = "root",
        UserId = "usr_1",
        ClientId = "agc_1",
        Granted = actions,
        Required = actions,
        Risk = _ => RiskLevel.Standard,
        Address = IPAddress.Parse("192.0.2.1"),
        GrantedAt = Monday.AddDays(-1),
    };

    public static Policy Policy(string rules, PolicyEffect effect = PolicyEffect.Allow, string id = "pol_1") =>
        new() { Id = id, Name = "Office", Effect = effect, Rules = Rules(rules, effect) };

    /// <param name="type">With its config: one rule.</param>
    public static Policy Policy(string type, string config, PolicyEffect effect = PolicyEffect.Allow) =>
        Policy($$"""[{"type":"{{type}}","config":{{config}}}]""", effect);

    public static IReadOnlyList<PolicyRule> Rules(string json, PolicyEffect effect = PolicyEffect.Allow)
    {
        var parsed = PolicyRules.Parse(Json(json), effect);
        Assert.Empty(parsed.Faults);
        return parsed.Rules;
    }

    public static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    public static PolicyDecision Decide(this PolicyInput input, params Policy[] policies) => PolicyEngine.Decide(input, policies);

    public static void Allows(this Policy policy, PolicyInput input) => Assert.Equal(PolicyOutcome.Allowed, input.Decide(policy).Outcome);

    public static void Denies(this Policy policy, PolicyInput input, string reason)
    {
        var decision = input.Decide(policy);
        Assert.Equal((PolicyOutcome.Denied, reason, policy.Id, policy.Name), (decision.Outcome, decision.ReasonCode, decision.PolicyId, decision.PolicyName));
        Assert.Empty(decision.Limits);
        Assert.Matches("^Policy \"Office\": .+[^.]\\.$", decision.Said.ToString());
    }
}
