using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AuthServer.Http.Api;

/// <summary>How the REST API writes and reads JSON: answers in camelCase, and where <see cref="SnakeCaseAttribute"/> says so in snake_case, without nulls; requests in either, strictly.</summary>
public static class ApiJson
{
    /// <summary>The document parser's rules: no member twice, no comments, no depth that costs.</summary>
    public static JsonDocumentOptions Document { get; } = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static JsonSerializerOptions Options { get; } = Create(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false));

    /// <summary>For reading requests: of an enum one word, exactly. The framework's own converter would add several up.</summary>
    public static JsonSerializerOptions Requests { get; } = Create(new EnumWords());

    /// <summary>Whether every string in it is text. A lone surrogate is none, and could not be written again.</summary>
    public static bool IsText(JsonElement json)
    {
        try
        {
            return json.ValueKind switch
            {
                JsonValueKind.Object => json.EnumerateObject().All(member => member.Name is not null && IsText(member.Value)),
                JsonValueKind.Array => json.EnumerateArray().All(IsText),
                JsonValueKind.String => json.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException) // the document has no other way to say so
        {
            return false;
        }
    }

    private static JsonSerializerOptions Create(JsonConverter enums)
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
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SnakeCaseAttribute.Rename, ReadEitherSpelling } },
            Converters = { enums },
        };
        options.MakeReadOnly();
        return options;
    }

    private static void ReadEitherSpelling(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties.Where(property => property.Set is not null && !property.IsExtensionData).ToArray())
        {
            var other = OtherSpelling(property.Name);
            if (other != property.Name && type.Properties.All(known => known.Name != other))
            {
                var alias = type.CreateJsonPropertyInfo(property.PropertyType, other);
                alias.Set = property.Set;
                alias.CustomConverter = property.CustomConverter;
                type.Properties.Add(alias);
            }
        }
    }

    private static string OtherSpelling(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
        {
            return JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        }

        var words = name.Split('_', StringSplitOptions.RemoveEmptyEntries);
        return words is [var first, .. var rest] ? first + string.Concat(rest.Select(word => char.ToUpperInvariant(word[0]) + word[1..])) : name;
    }
}
