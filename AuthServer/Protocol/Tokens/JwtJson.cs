using System.Text.Json;

namespace AuthServer.Protocol.Tokens;

/// <summary>How claims of more than one shape are written (RFC 7519 §4.1).</summary>
internal static class JwtJson
{
    public static void WriteAudience(Utf8JsonWriter json, IReadOnlyList<string> audience)
    {
        // RFC 7519 §4.1.3: one audience may be a plain string; the readers that understand only that are many.
        if (audience.Count == 1)
        {
            json.WriteString("aud"u8, audience[0]);
            return;
        }

        WriteList(json, "aud", audience);
    }

    public static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    public static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
