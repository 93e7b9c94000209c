using System.Text.Json;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies.Engine;

/// <summary>Rules as they are written: <c>[{"type": "rate_limit", "config": {…}}, …]</c>. What could not be evaluated is refused here.</summary>
public sealed record PolicyRules(IReadOnlyList<PolicyRule> Rules, IReadOnlyList<PolicyFault> Faults)
{
    private const int MostRules = 20;

    private static readonly Dictionary<string, RuleType> Types = RuleTypes.All.ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>All rules, or all faults.</summary>
    public static PolicyRules Parse(JsonElement json, PolicyEffect effect)
    {
        var faults = new List<PolicyFault>();
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > MostRules)
        {
            return new([], [new PolicyFault("rules", "must be a list of at most {0} rules.", MostRules)]);
        }

        var rules = json.EnumerateArray().Select((item, index) => Read(item, $"rules[{index}]", effect, faults)).OfType<PolicyRule>().ToArray();
        return faults.Count == 0 ? new(rules, []) : new([], faults);
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<PolicyRule> rules)
    {
        json.WriteStartArray();
        foreach (var rule in rules)
        {
            json.WriteStartObject();
            json.WriteString("type", rule.Type.Name);
            json.WriteStartObject("config");
            rule.Write(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static PolicyRule? Read(JsonElement item, string path, PolicyEffect effect, List<PolicyFault> faults)
    {
        if (Split(item, path, faults) is not (var type, var config))
        {
            return null;
        }

        if (!Types.TryGetValue(type, out var known))
        {
            faults.Add(new($"{path}.type", "must be one of {0}.", string.Join(", ", Types.Keys)));
            return null;
        }

        // A prohibition that is not yet, or no longer, in force would be a hole with a clock.
        if (effect == PolicyEffect.Deny && !known.InDenyPolicies)
        {
            faults.Add(new($"{path}.type", "cannot be {0} in a policy that denies.", type));
        }

        return known.Read(new RuleReader(known, config, $"{path}.config", faults));
    }

    private static (string Type, JsonElement Config)? Split(JsonElement item, string path, List<PolicyFault> faults)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new(path, "must be an object with type and config."));
            return null;
        }

        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in item.EnumerateObject())
        {
            if (!members.Add(member.Name) || member.Name is not ("type" or "config"))
            {
                faults.Add(new($"{path}.{member.Name}", "must not be here: a rule has one type and one config."));
            }
        }

        if (!item.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
        {
            faults.Add(new($"{path}.type", "must be a string."));
        }

        if (!item.TryGetProperty("config", out var config) || config.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new($"{path}.config", "must be an object."));
        }

        return type.ValueKind == JsonValueKind.String && config.ValueKind == JsonValueKind.Object ? (type.GetString()!, config) : null;
    }
}
