using System.Text.Json.Nodes;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies;

/// <summary>A condition as the rule that it stands for.</summary>
/// <param name="Said">Its member of the body.</param>
/// <param name="Rule">Null: it is there and asks for nothing, which takes the rule away.</param>
/// <param name="Members">What the rule's config calls what the condition calls otherwise.</param>
internal sealed record ConditionRule(string Said, string Type, JsonObject? Rule, IReadOnlyDictionary<string, string> Members)
{
    public static IEnumerable<ConditionRule> Of(ConditionsBody? said)
    {
        if (said?.IpAllowlist is { } allowlist)
        {
            yield return Networks("conditions.ipAllowlist", allowlist);
        }

        if (said?.IpRanges is { } ranges)
        {
            yield return Networks("conditions.ipRanges", ranges);
        }

        if (said?.TimeWindow is { } window)
        {
            var config = new JsonObject();
            Add(config, "notBefore", window.NotBefore);
            Add(config, "notAfter", window.NotAfter);
            yield return new("conditions.timeWindow", Period.Syntax.Name, Make(Period.Syntax, config), new Dictionary<string, string>());
        }

        if (said?.RateLimit is { } rate)
        {
            var config = new JsonObject();
            Add(config, "maxRequests", rate.Requests);
            Add(config, "windowSeconds", rate.WindowSeconds);
            Add(config, "scope", "per_agent");
            yield return new(
                "conditions.rateLimit", RateLimit.Syntax.Name, Make(RateLimit.Syntax, config), new Dictionary<string, string> { [".maxRequests"] = ".requests" });
        }
    }

    /// <summary>A fault's path in the body, from its path below the rule.</summary>
    public string PathOf(string below)
    {
        var path = below.StartsWith(".config", StringComparison.Ordinal) ? below[".config".Length..] : "";
        return Said + Members.Aggregate(path, (named, member) => named.Replace(member.Key, member.Value, StringComparison.Ordinal));
    }

    private static ConditionRule Networks(string said, IReadOnlyList<string?> networks) => new(
        said,
        IpAllowlist.Syntax.Name,
        networks.Count == 0 ? null : Make(IpAllowlist.Syntax, new JsonObject { ["cidrs"] = new JsonArray([.. networks.Select(network => JsonValue.Create(network))]) }),
        new Dictionary<string, string> { [".cidrs"] = "" });

    private static JsonObject Make(RuleType type, JsonObject config) => new() { ["type"] = type.Name, ["config"] = config };

    private static void Add<T>(JsonObject config, string name, T? value)
    {
        if (value is not null)
        {
            config[name] = JsonValue.Create(value);
        }
    }
}
