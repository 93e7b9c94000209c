using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuthServer.Vault.Tools;

/// <summary>The body of a tool's call. A text that is one argument becomes that argument, whatever its kind; a member or element whose argument is not given is left
/// out. The object <c>{"$message": [lines]}</c> becomes those lines as a mail is written (RFC 5322 §2.1), in base64url: no argument may break a line of it.</summary>
public static class ToolBody
{
    private const string Message = "$message";

    public static bool IsMessage(string name) => name == Message;

    public static bool IsLines(JsonElement json) => json.ValueKind == JsonValueKind.Array && json.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String);

    /// <summary>Null where nothing of it is left.</summary>
    /// <param name="fault">The argument that broke a line; null: none did.</param>
    public static JsonNode? Fill(JsonElement template, JsonObject arguments, out string? fault)
    {
        string? broken = null;
        var filled = Make(template, arguments, ref broken);
        fault = broken;
        return filled;
    }

    private static JsonNode? Make(JsonElement template, JsonObject arguments, ref string? fault)
    {
        switch (template.ValueKind)
        {
            case JsonValueKind.Object when template.TryGetProperty(Message, out var lines):
                return FillMessage(lines, arguments, ref fault);
            case JsonValueKind.Object:
                var result = new JsonObject();
                foreach (var member in template.EnumerateObject())
                {
                    if (Make(member.Value, arguments, ref fault) is { } value)
                    {
                        result[member.Name] = value;
                    }
                }

                return result.Count == 0 && template.EnumerateObject().Any() ? null : result;
            case JsonValueKind.Array:
                var list = new JsonArray();
                foreach (var element in template.EnumerateArray())
                {
                    if (Make(element, arguments, ref fault) is { } value)
                    {
                        list.Add(value);
                    }
                }

                return list.Count == 0 && template.GetArrayLength() > 0 ? null : list;
            case JsonValueKind.String:
                var text = template.GetString()!;
                return ToolText.Whole(text) is { } name ? arguments[name]?.DeepClone() : ToolText.Fill(text, arguments, value => value) is { } filled ? JsonValue.Create(filled) : null;
            default:
                return JsonNode.Parse(template.GetRawText());
        }
    }

    private static JsonValue? FillMessage(JsonElement lines, JsonObject arguments, ref string? fault)
    {
        var message = new StringBuilder();
        foreach (var line in lines.EnumerateArray())
        {
            var (template, broken) = (line.GetString()!, false);
            var filled = ToolText.Fill(template, arguments, value =>
            {
                broken |= value.Any(char.IsControl);
                return value;
            });
            if (broken)
            {
                fault ??= ToolText.Of(template).First();
                return null;
            }

            // A line whose argument is not given is left out.
            _ = filled is null ? message : message.Append(filled).Append("\r\n");
        }

        return JsonValue.Create(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(message.ToString())));
    }
}
