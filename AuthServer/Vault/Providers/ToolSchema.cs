using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using Json.Schema;

namespace AuthServer.Vault.Providers;

/// <summary>The part of JSON Schema 2020-12 that arguments of tools are described by. References lead out of the document, and expressions can take for ever: there are none.</summary>
public sealed class ToolSchema
{
    private const int Longest = 16_000;

    private static readonly HashSet<string> Keywords = new(StringComparer.Ordinal)
    {
        "type", "title", "description", "default", "examples", "enum", "const", "required", "additionalProperties",
        "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems",
    };

    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List, EvaluateAs = SpecVersion.Draft202012 };

    private readonly JsonSchema _schema;

    private ToolSchema(JsonSchema schema) => _schema = schema;

    /// <summary>Null, with the faults told, where it is none.</summary>
    public static ToolSchema? Read(string path, JsonElement json, Faults faults)
    {
        const string Rule = "Give a JSON Schema of an object: type object, with its properties.";
        if (json.ValueKind != JsonValueKind.Object || Text(json, "type") != "object" || json.GetRawText().Length > Longest)
        {
            faults.Add(path, Rule);
            return null;
        }

        if (!OfSchema(path, json, faults))
        {
            return null;
        }

        try
        {
            return new ToolSchema(json.Deserialize<JsonSchema>()!);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // The library's ways to say that a keyword's value is not of its kind.
            faults.Add(path, Rule);
            return null;
        }
    }

    /// <summary>The names that arguments may have.</summary>
    public static IEnumerable<string> Names(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
            ? properties.EnumerateObject().Select(property => property.Name) : [];

    /// <summary>What is wrong with arguments, each told by its path; their values are not repeated.</summary>
    public void Check(string path, JsonObject arguments, Faults faults)
    {
        var result = _schema.Evaluate(arguments, Options);
        foreach (var found in result.IsValid ? [] : result.Details.Where(found => found.HasErrors))
        {
            var at = found.InstanceLocation.Count == 0 ? path : $"{path}.{string.Join('.', found.InstanceLocation)}";
            foreach (var keyword in found.Errors!.Keys)
            {
                faults.Add(at, Describe(keyword, found.Errors[keyword]));
            }
        }
    }

    private static string Describe(string keyword, string error) => keyword switch
    {
        // The schema `false` of what is not among the properties.
        "" => "This argument is not known here.",
        "required" or "type" or "minLength" or "maxLength" or "minimum" or "maximum" or "minItems" or "maxItems" => error,
        _ => $"This breaks the rule {keyword} of the input schema.",
    };

    private static bool OfSchema(string path, JsonElement json, Faults faults)
    {
        if (json.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return true;
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, "Give a JSON Schema.");
            return false;
        }

        var sound = true;
        foreach (var keyword in json.EnumerateObject())
        {
            var at = $"{path}.{keyword.Name}";
            sound &= keyword.Name switch
            {
                "properties" when keyword.Value.ValueKind == JsonValueKind.Object =>
                    keyword.Value.EnumerateObject().Aggregate(true, (all, property) => OfSchema($"{at}.{property.Name}", property.Value, faults) && all),
                "items" or "additionalProperties" => OfSchema(at, keyword.Value, faults),
                "anyOf" when keyword.Value.ValueKind == JsonValueKind.Array =>
                    keyword.Value.EnumerateArray().Index().Aggregate(true, (all, one) => OfSchema($"{at}[{one.Index}]", one.Item, faults) && all),
                _ => Keywords.Contains(keyword.Name) || Unknown(at, faults),
            };
        }

        return sound;
    }

    private static bool Unknown(string path, Faults faults)
    {
        faults.Add(path, $"Use these keywords: properties, items, anyOf, {string.Join(", ", Keywords.Order(StringComparer.Ordinal))}.");
        return false;
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
