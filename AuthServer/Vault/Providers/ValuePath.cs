using System.Text.Json;

namespace AuthServer.Vault.Providers;

/// <summary>The way to a value in a JSON document: names joined by dots, <c>data.viewer.id</c>. <c>[]</c> behind a name, or alone, means each element of the array
/// there; <c>[primary=true,verified=true]</c> those whose members have these values. <c>a || b</c>: the first that leads to something.</summary>
public static class ValuePath
{
    private const int Longest = 300;
    private const int MostSteps = 16;

    /// <summary>A sentence where it is none.</summary>
    public static string? Refuse(string? path)
    {
        const string Rule = "Give a path such as data.user.id, emails[primary=true].email, or several joined by ||.";
        return path is { Length: > 0 and <= Longest } && Ways(path).All(way => TrySteps(way, out _)) ? null : Rule;
    }

    /// <summary>Null where it leads to nothing, or to null.</summary>
    public static JsonElement? Find(JsonElement? json, string? path)
    {
        foreach (var found in FindAll(json, path))
        {
            if (found.ValueKind is not JsonValueKind.Null)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The text, or a number or boolean as JSON writes it; null: there is no such value.</summary>
    public static string? FindText(JsonElement? json, string? path) => Find(json, path) is { } found ? Text(found) : null;

    /// <summary>All that the first way leads to which leads to something that is not null.</summary>
    public static IReadOnlyList<JsonElement> FindAll(JsonElement? json, string? path)
    {
        if (json is not { } root || path is null)
        {
            return [];
        }

        foreach (var way in Ways(path))
        {
            if (TrySteps(way, out var steps) && Walk([root], steps) is { Count: > 0 } found && found.Exists(one => one.ValueKind != JsonValueKind.Null))
            {
                return found;
            }
        }

        return [];
    }

    public static string? Text(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.String => found.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => found.GetRawText(),
        _ => null,
    };

    private static string[] Ways(string path) => path.Split("||", StringSplitOptions.TrimEntries);

    private static List<JsonElement> Walk(List<JsonElement> from, List<Step> steps)
    {
        foreach (var step in steps)
        {
            from = [.. from.SelectMany(step.From)];
        }

        return from;
    }

    private static bool TrySteps(string way, out List<Step> steps)
    {
        steps = [];
        foreach (var part in way.Split('.'))
        {
            var bracket = part.IndexOf('[', StringComparison.Ordinal);
            var name = bracket < 0 ? part : part[..bracket];
            if (name.Length > 0)
            {
                steps.Add(new Step(name, null));
            }
            else if (bracket < 0)
            {
                return false;
            }

            if (bracket >= 0)
            {
                if (part[^1] != ']' || !TryConditions(part[(bracket + 1)..^1], out var conditions))
                {
                    return false;
                }

                steps.Add(new Step(null, conditions));
            }

            if (name.Any(c => c is ']' or '=' or ',' or '|' || char.IsWhiteSpace(c) || char.IsControl(c)) || steps.Count > MostSteps)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryConditions(string text, out IReadOnlyList<KeyValuePair<string, string>> conditions)
    {
        conditions = [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('=', 2))
            .Select(pair => KeyValuePair.Create(pair[0], pair.Length == 2 ? pair[1] : ""))];
        return !text.Contains('[', StringComparison.Ordinal) && conditions.All(condition => condition.Key.Length > 0 && condition.Value.Length > 0);
    }

    /// <param name="Name">A member; null: elements of an array.</param>
    private sealed record Step(string? Name, IReadOnlyList<KeyValuePair<string, string>>? Conditions)
    {
        public IEnumerable<JsonElement> From(JsonElement json) =>
            Name is not null ? json.ValueKind == JsonValueKind.Object && json.TryGetProperty(Name, out var member) ? [member] : []
            : json.ValueKind == JsonValueKind.Array ? json.EnumerateArray().Where(element => Conditions!.All(condition => Has(element, condition)))
            : [];

        private static bool Has(JsonElement element, KeyValuePair<string, string> condition) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(condition.Key, out var member) && Text(member) == condition.Value;
    }
}
