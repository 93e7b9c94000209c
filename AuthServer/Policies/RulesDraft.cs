using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Policies.Engine;

namespace AuthServer.Policies;

/// <summary>The rules of a body, written over those of a policy; conditions are other words for some of them.</summary>
internal sealed class RulesDraft(PolicyBody body, Faults faults)
{
    public void WriteTo(PolicyRow row)
    {
        var given = body.Rules ?? JsonElement.Parse(row.Rules);
        if (given.ValueKind != JsonValueKind.Array || !ApiJson.IsText(given))
        {
            faults.Add("rules", "Give a list of rules, whose strings are valid text.");
            return;
        }

        var list = (JsonArray)JsonNode.Parse(given.GetRawText())!;
        var conditions = AddConditions(list);

        // The effect may have changed, and not every rule goes with every effect.
        var parsed = PolicyRules.Parse(JsonElement.Parse(list.ToJsonString()), row.Effect);
        foreach (var fault in parsed.Faults)
        {
            faults.Add(Path(fault.Path, conditions), Sentence.Of("This " + fault.Sentence, [.. fault.Values]));
        }

        if (parsed.Faults.Count == 0)
        {
            row.Rules = Encoding.UTF8.GetString(OAuthResponse.Serialize(parsed.Rules, PolicyRules.Write).Span);
        }
    }

    /// <summary>The rules that the conditions became, each with its path; those that the list has already are not among them.</summary>
    private List<(string Path, ConditionRule Condition)> AddConditions(JsonArray list)
    {
        var added = new List<(JsonNode Rule, ConditionRule Condition)>();
        foreach (var condition in ConditionRule.Of(body.Conditions))
        {
            var place = list.Count;
            if (body.Rules is null && list.Index().Where(rule => IsOf(condition.Type, rule.Item)).Select(rule => (int?)rule.Index).FirstOrDefault() is { } first)
            {
                // What it says now replaces what it said before.
                list.RemoveAll(rule => IsOf(condition.Type, rule) && added.All(other => other.Rule != rule));
                place = Math.Min(first, list.Count);
            }

            if (condition.Rule is { } rule && !list.Any(other => JsonNode.DeepEquals(other, rule)))
            {
                list.Insert(place, rule);
                added.Add((rule, condition));
            }
        }

        return [.. added.Select(one => ($"rules[{list.IndexOf(one.Rule)}]", one.Condition))];
    }

    private static bool IsOf(string type, JsonNode? rule) => rule?["type"]?.GetValue<string>() == type;

    private static string Path(string path, List<(string Path, ConditionRule Condition)> conditions) =>
        conditions.Find(one => path == one.Path || path.StartsWith(one.Path + ".", StringComparison.Ordinal)) is { Condition: { } condition } found
            ? condition.PathOf(path[found.Path.Length..])
            : path;
}
