using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AuthServer.Http.Api;
using AuthServer.Languages;

namespace AuthServer.Pages.Forms;

/// <summary>What is wrong with JSON that a request cannot be read from. The reader stops at the first fault and says little more than where; people are told of all, and what may stand there.</summary>
internal static class JsonFaults
{
    private static readonly Sentence NotOfThisKind = "This value is not of the kind that stands here.";

    /// <param name="type">Of the request.</param>
    /// <param name="path">Of what is looked at; empty: of all.</param>
    /// <returns>Each with its path, in the reading order.</returns>
    public static IEnumerable<(string Path, Sentence Said)> Find(JsonElement json, Type type, string path = "")
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (json.ValueKind == JsonValueKind.Null || type == typeof(JsonElement))
        {
            return [];
        }

        var info = ApiJson.Requests.GetTypeInfo(type);
        return (info.Kind, json.ValueKind) switch
        {
            (JsonTypeInfoKind.Object, JsonValueKind.Object) => json.EnumerateObject().SelectMany(member => OfMember(member, info, path)),
            (JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary, not JsonValueKind.Object) => [(path, "Write an object: { … }.")],
            (JsonTypeInfoKind.Enumerable, JsonValueKind.Array) when info.ElementType is { } entries => json.EnumerateArray().Index().SelectMany(entry => Find(entry.Item, entries, $"{path}[{entry.Index}]")),
            (JsonTypeInfoKind.Enumerable, not JsonValueKind.Array) => [(path, "Write a list: [ … ].")],
            _ => Reads(json, type) ? [] : [(path, Expected(type))],
        };
    }

    private static IEnumerable<(string Path, Sentence Said)> OfMember(JsonProperty member, JsonTypeInfo info, string path)
    {
        var at = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
        return info.Properties.FirstOrDefault(known => known.Set is not null && known.Name == member.Name) is { } known
            ? Find(member.Value, known.PropertyType, at)
            : [(at, Sentence.Of("This member is not known here. Known are: {0}.", string.Join(", ", Known(info))))];
    }

    /// <summary>What it may hold; other spellings of the same name were added by us, and no property declares them.</summary>
    private static IEnumerable<string> Known(JsonTypeInfo info) =>
        info.Properties.Where(property => property is { Set: not null, IsExtensionData: false, AttributeProvider: not null }).Select(property => property.Name);

    private static bool Reads(JsonElement json, Type type)
    {
        try
        {
            json.Deserialize(type, ApiJson.Requests);
            return true;
        }
        catch (JsonException)
        {
            // The reader's way to say so.
            return false;
        }
    }

    private static Sentence Expected(Type type) =>
        type.IsEnum ? Sentence.Of("Use one of: {0}.", string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)))
        : type == typeof(bool) ? "Write true or false."
        : type == typeof(string) ? "Write a text, in quotation marks."
        : type == typeof(int) || type == typeof(long) ? "Use a whole number."
        : NotOfThisKind;
}
