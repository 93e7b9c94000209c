using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Policies.Engine;
using AuthServer.Policies.Engine.Rules;

namespace AuthServer.Policies;

/// <summary>The rules of a body, written over those of a policy; conditions are other words for some of them.</summary>
internal sealed class RulesDraft(PolicyBody body, Faults faults)
{
    private const string Condition = "conditions.ipAllowlist";

    public void WriteTo(PolicyRow row)
    {
        var given = body.Rules ?? JsonElement.Parse(row.Rules);
        if (given.ValueKind != JsonValueKind.Array || !ApiJson.IsText(given))
        {
            faults.Add("rules", "Give a list of rules, whose strings are valid text.");
            return;
        }

        var list = (JsonArray)JsonNode.Parse(given.GetRawText())!;
        var condition = AddCondition(list);

        // The effect may have changed, and not every rule goes with every effect.
        var parsed = PolicyRules.Parse(JsonElement.Parse(list.ToJsonString()), row.Effect);
        foreach (var fault in parsed.Faults)
        {
            faults.Add(Path(fault.Path, condition), $"This {fault.Sentence}");
        }

        if (parsed.Faults.Count == 0)
        {
            row.Rules = Encoding.UTF8.GetString(OAuthResponse.Serialize(parsed.Rules, PolicyRules.Write).Span);
        }
    }

    /// <summary>The place of the rule that the condition became; null: there is none, or the list has it already.</summary>
    private string? AddCondition(JsonArray list)
    {
        if (body.Conditions?.IpAllowlist is not { } networks)
        {
            return null;
        }

        var place = list.Count;
        if (body.Rules is null && list.Index().Where(rule => IsAllowlist(rule.Item)).Select(rule => (int?)rule.Index).FirstOrDefault() is { } first)
        {
            // What it says now replaces what it said before.
            list.RemoveAll(IsAllowlist);
            place = first;
        }

        var rule = new JsonObject
        {
            ["type"] = IpAllowlist.Syntax.Name,
            ["config"] = new JsonObject { ["cidrs"] = new JsonArray([.. networks.Select(network => JsonValue.Create(network))]) },
        };
        if (networks.Count == 0 || list.Any(other => JsonNode.DeepEquals(other, rule)))
        {
            return null;
        }

        list.Insert(place, rule);
        return $"rules[{place}]";
    }

    private static bool IsAllowlist(JsonNode? rule) => rule?["type"]?.GetValue<string>() == IpAllowlist.Syntax.Name;

    private static string Path(string path, string? condition) =>
        condition is not null && path.StartsWith(condition + ".config.cidrs", StringComparison.Ordinal)
            ? Condition + path[(condition.Length + ".config.cidrs".Length)..]
            : path;
}
