using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AuthServer.Http.Api;

/// <summary>How the REST API writes and reads JSON: answers in camelCase without nulls; requests in camelCase or snake_case, strictly.</summary>
public static class ApiJson
{
    /// <summary>The document parser's rules: no member twice, no comments, no depth that costs.</summary>
    public static JsonDocumentOptions Document { get; } = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static JsonSerializerOptions Options { get; } = Create();

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            PropertyNameCaseInsensitive = false,
            NumberHandling = JsonNumberHandling.Strict,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,

            // A misspelt member is a mistake that its sender wants to hear of, above all where it was meant to limit something.
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            MaxDepth = 32,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { ReadSnakeCaseToo } },
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void ReadSnakeCaseToo(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties.Where(property => property.Set is not null && !property.IsExtensionData).ToArray())
        {
            var snake = JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            if (snake != property.Name && type.Properties.All(other => other.Name != snake))
            {
                var alias = type.CreateJsonPropertyInfo(property.PropertyType, snake);
                alias.Set = property.Set;
                alias.CustomConverter = property.CustomConverter;
                type.Properties.Add(alias);
            }
        }
    }
}
