using System.Buffers;
using System.Text.Json;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Tests.Policies;

public sealed class PolicyRulesTests
{
    private const string Window = "\"allowedDays\":[1],\"startTimeUtc\":\"09:00\",\"endTimeUtc\":\"17:00\"";

    public static TheoryData<string> Examples => [.. RuleTypes.All.Select(Example)];

    /// <summary>A rule that is wrong in one place, and the place.</summary>
    public static TheoryData<string, string> Faults => new()
    {
        { """{"type":"geo_fence","config":{}}""", "type" },
        { """{"type":"Rate_Limit","config":{}}""", "type" },
        { """{"type":7,"config":{}}""", "type" },
        { """{"config":{}}""", "type" },
        { """{"type":"max_risk"}""", "config" },
        { """{"type":"max_risk","config":["low"]}""", "config" },
        { """{"type":"max_risk","config":{"level":"low"},"note":1}""", "note" },
        { """{"type":"max_risk","type":"max_risk","config":{"level":"low"}}""", "type" },
        { """{"type":"max_risk","config":{"level":"low","level":"critical"}}""", "config.level" },
        { """{"type":"max_risk","config":{"level":"low","Level":"low"}}""", "config.Level" },
        { """{"type":"max_risk","config":{"level":"LOW"}}""", "config.level" },
        { """{"type":"max_risk","config":{"level":2}}""", "config.level" },
        { Rate("0", "60", "\"per_user\""), "config.maxRequests" },
        { Rate("-1", "60", "\"per_user\""), "config.maxRequests" },
        { Rate("1000000001", "60", "\"per_user\""), "config.maxRequests" },
        { Rate("1.5", "60", "\"per_user\""), "config.maxRequests" },
        { Rate("\"10\"", "60", "\"per_user\""), "config.maxRequests" },
        { Rate("10", "0", "\"per_user\""), "config.windowSeconds" },
        { Rate("10", "31622401", "\"per_user\""), "config.windowSeconds" },
        { Rate("10", "99999999999999999999", "\"per_user\""), "config.windowSeconds" },
        { Rate("10", "60", "\"per_planet\""), "config.scope" },
        { Rate("10", "60", "null"), "config.scope" },
        { Budget("0", "\"EUR\""), "config.maxAmount" },
        { Budget("-5", "\"EUR\""), "config.maxAmount" },
        { Budget("1000000000001", "\"EUR\""), "config.maxAmount" },
        { Budget("0.0000000001", "\"EUR\""), "config.maxAmount" },
        { Budget("1e400", "\"EUR\""), "config.maxAmount" },
        { Budget("10", "\"eur\""), "config.currency" },
        { Budget("10", "\"EURO\""), "config.currency" },
        { Budget("10", "null"), "config.currency" },
        { Time($"{Window},\"timezone\":\"Mars/Olympus\""), "config.timezone" },
        { Time($"{Window},\"timezone\":\"W. Europe Standard Time\""), "config.timezone" },
        { Time($"{Window},\"timezone\":\"europe/berlin\""), "config.timezone" },
        { Time($"{Window},\"timezone\":\"../../../etc/localtime\""), "config.timezone" },
        { Time($"{Window},\"timezone\":\"/usr/share/zoneinfo/UTC\""), "config.timezone" },
        { Time(Window), "config.timezone" },
        { Time("\"allowedDays\":[],\"startTimeUtc\":\"09:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.allowedDays" },
        { Time("\"allowedDays\":[0],\"startTimeUtc\":\"09:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.allowedDays[0]" },
        { Time("\"allowedDays\":[1,8],\"startTimeUtc\":\"09:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.allowedDays[1]" },
        { Time("\"allowedDays\":[1,2,1],\"startTimeUtc\":\"09:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.allowedDays[2]" },
        { Time("\"allowedDays\":[\"1\"],\"startTimeUtc\":\"09:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.allowedDays[0]" },
        { Time("\"allowedDays\":[1],\"startTimeUtc\":\"17:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.endTimeUtc" },
        { Time("\"allowedDays\":[1],\"startTimeUtc\":\"24:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.startTimeUtc" },
        { Time("\"allowedDays\":[1],\"startTimeUtc\":\"9:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.startTimeUtc" },
        { Time("\"allowedDays\":[1],\"startTimeUtc\":\"09:60\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.startTimeUtc" },
        { Time("\"allowedDays\":[1],\"startTimeUtc\":\"09:00\",\"endTimeUtc\":\"24:01\",\"timezone\":\"UTC\""), "config.endTimeUtc" },
        { Time("\"allowedDays\":[1],\"startTimeUtc\":\"09:00\",\"endTimeUtc\":\"17:00:00\",\"timezone\":\"UTC\""), "config.endTimeUtc" },
        { Time("\"allowedDays\":[1],\"startTimeUtc\":\"+9:00\",\"endTimeUtc\":\"17:00\",\"timezone\":\"UTC\""), "config.startTimeUtc" },
        { """{"type":"action_allowlist","config":{"actions":[]}}""", "config.actions" },
        { """{"type":"action_allowlist","config":{"actions":"email:read"}}""", "config.actions" },
        { """{"type":"action_allowlist","config":{"actions":["email:read","ema*"]}}""", "config.actions[1]" },
        { """{"type":"action_allowlist","config":{"actions":["email:read","email:read"]}}""", "config.actions[1]" },
        { """{"type":"action_blocklist","config":{"actions":[null]}}""", "config.actions[0]" },
        { """{"type":"ip_allowlist","config":{"cidrs":["10.0.0.0/8","10.0.0.0/8"]}}""", "config.cidrs[1]" },
        { """{"type":"require_approval","config":{"actions":[]}}""", "config.actions" },
        { """{"type":"expires_after","config":{}}""", "config" },
        { """{"type":"expires_after","config":{"seconds":5,"at":"2027-01-31T00:00:00Z"}}""", "config" },
        { """{"type":"expires_after","config":{"seconds":0}}""", "config.seconds" },
        { """{"type":"expires_after","config":{"at":"2027-01-31T00:00:00"}}""", "config.at" },
        { """{"type":"expires_after","config":{"at":"2027-02-30T00:00:00Z"}}""", "config.at" },
        { """{"type":"expires_after","config":{"at":"31 January 2027"}}""", "config.at" },
        { "\"rate_limit\"", "" },
        { "null", "" },
    };

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_rule_is_written_back_as_it_was_read(string rule)
    {
        var rules = Ask.Rules($"[{rule}]");
        Assert.True(JsonElement.DeepEquals(Ask.Json($"[{rule}]"), Ask.Json(Written(rules))), Written(rules));
    }

    [Theory]
    [InlineData("""{"type":"require_approval","config":{}}""")]
    [InlineData("""{"type":"expires_after","config":{"at":"2027-01-31T00:00:00Z"}}""")]
    [InlineData("""{"type":"expires_after","config":{"at":"2027-01-31T00:00:00.125+02:00"}}""")]
    [InlineData("""{"type":"budget","config":{"maxAmount":0.000000001,"windowSeconds":1,"scope":"per_organization"}}""")]
    [InlineData("""{"type":"ip_allowlist","config":{"cidrs":["::ffff:10.0.0.0/104","2001:DB8::1"]}}""")]
    [InlineData("""{"type":"time_window","config":{"allowedDays":[7,1],"startTimeUtc":"22:00","endTimeUtc":"24:00","timezone":"America/Argentina/Buenos_Aires"}}""")]
    public void So_is_every_other_way_to_write_one(string rule) => Every_rule_is_written_back_as_it_was_read(rule);

    [Theory]
    [MemberData(nameof(Faults))]
    public void What_could_not_be_evaluated_is_refused_and_the_place_is_named(string rule, string place)
    {
        var good = """{"type":"max_risk","config":{"level":"low"}}""";
        var parsed = PolicyRules.Parse(Ask.Json($"[{good},{rule}]"), PolicyEffect.Allow);
        var fault = Assert.Single(parsed.Faults);
        Assert.Equal(place.Length == 0 ? "rules[1]" : $"rules[1].{place}", fault.Path);
        Assert.EndsWith(".", fault.Sentence, StringComparison.Ordinal);
        Assert.Empty(parsed.Rules);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Each_member_that_the_syntax_names_is_read_and_the_required_ones_are_missed(string rule)
    {
        var type = RuleTypes.All.Single(type => Example(type) == rule);
        var config = Ask.Json(type.Example).EnumerateObject().ToDictionary(member => member.Name, member => member.Value);
        Assert.Subset(type.Members.Select(member => member.Name).ToHashSet(), config.Keys.ToHashSet());
        foreach (var member in type.Members.Where(member => member.Required))
        {
            var rest = JsonSerializer.Serialize(config.Where(pair => pair.Key != member.Name).ToDictionary());
            var parsed = PolicyRules.Parse(Ask.Json($$"""[{"type":"{{type.Name}}","config":{{rest}}}]"""), PolicyEffect.Allow);
            Assert.Equal($"rules[0].config.{member.Name}", Assert.Single(parsed.Faults).Path);
        }
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var parsed = PolicyRules.Parse(Ask.Json($"[{Rate("0", "0", "\"x\"")},{Time(Window)},7]"), PolicyEffect.Allow);
        Assert.Equal(
            ["rules[0].config.maxRequests", "rules[0].config.windowSeconds", "rules[0].config.scope", "rules[1].config.timezone", "rules[2]"],
            parsed.Faults.Select(fault => fault.Path));
    }

    [Theory]
    [InlineData("rate_limit")]
    [InlineData("budget")]
    [InlineData("require_approval")]
    [InlineData("expires_after")]
    public void A_prohibition_cannot_depend_on_counters_approvals_or_an_expiry(string name)
    {
        var rule = Example(RuleTypes.All.Single(type => type.Name == name));
        Assert.Equal("rules[0].type", Assert.Single(PolicyRules.Parse(Ask.Json($"[{rule}]"), PolicyEffect.Deny).Faults).Path);
    }

    [Fact]
    public void Rules_are_a_list_of_at_most_twenty()
    {
        var rule = """{"type":"max_risk","config":{"level":"low"}}""";
        Assert.Equal(20, Ask.Rules($"[{string.Join(',', Enumerable.Repeat(rule, 20))}]").Count);
        foreach (var bad in new[] { $"[{string.Join(',', Enumerable.Repeat(rule, 21))}]", rule, "null", "\"\"" })
            Assert.Equal("rules", Assert.Single(PolicyRules.Parse(Ask.Json(bad), PolicyEffect.Allow).Faults).Path);
    }

    private static string Example(RuleType type) => $$"""{"type":"{{type.Name}}","config":{{type.Example}}}""";

    private static string Rate(string requests, string seconds, string scope) =>
        $$$"""{"type":"rate_limit","config":{"maxRequests":{{{requests}}},"windowSeconds":{{{seconds}}},"scope":{{{scope}}}}}""";

    private static string Budget(string amount, string currency) =>
        $$$"""{"type":"budget","config":{"maxAmount":{{{amount}}},"windowSeconds":60,"scope":"per_user","currency":{{{currency}}}}}""";

    private static string Time(string members) => $$$"""{"type":"time_window","config":{{{{members}}}}}""";

    private static string Written(IReadOnlyList<PolicyRule> rules)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        PolicyRules.Write(writer, rules);
        writer.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
