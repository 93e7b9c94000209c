using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AuthServer.Audit;

/// <summary>What callers send along to be told to the trail, without the secrets in it and no larger than the trail needs.</summary>
public static partial class AuditDetail
{
    private const string Hidden = "***";
    private const string Cut = "…";
    private const int MostDepth = 5;
    private const int MostMembers = 40;
    private const int LongestName = 100;
    private const int LongestText = 500;
    private const int MostOctets = 4096;

    /// <summary>JSON of the same shape. Members whose names sound like secrets, and values that look like ours or like JWTs, are hidden; what is
    /// too deep, too long or too much is cut off.</summary>
    public static string Mask(JsonElement metadata)
    {
        try
        {
            var octets = new ArrayBufferWriter<byte>(512);
            using (var json = new Utf8JsonWriter(octets))
            {
                Write(json, metadata, 0);
            }

            return Encoding.UTF8.GetString(octets.WrittenSpan);
        }
        catch (InvalidOperationException)
        {
            // The reader's way to say that a text is none: half of a surrogate pair.
            return $"\"{Cut}\"";
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object or JsonValueKind.Array when depth == MostDepth || IsFull(json):
                json.WriteStringValue(Cut);
                break;
            case JsonValueKind.Object:
                WriteObject(json, value, depth);
                break;
            case JsonValueKind.Array:
                WriteArray(json, value, depth);
                break;
            case JsonValueKind.String:
                json.WriteStringValue(Mask(value.GetString()!));
                break;
            case JsonValueKind.Number when value.GetRawText().Length > LongestName:
                json.WriteStringValue(Cut);
                break;
            case JsonValueKind.Undefined:
                json.WriteNullValue();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter json, JsonElement value, int depth)
    {
        json.WriteStartObject();
        var members = 0;
        foreach (var member in value.EnumerateObject())
        {
            if (++members > MostMembers || IsFull(json))
            {
                json.WriteString(Cut, Cut);
                break;
            }

            json.WritePropertyName(Mask(Shorten(member.Name, LongestName)));
            if (SoundsSecret(member.Name))
            {
                json.WriteStringValue(Hidden);
            }
            else
            {
                Write(json, member.Value, depth + 1);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, JsonElement value, int depth)
    {
        json.WriteStartArray();
        var items = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (++items > MostMembers || IsFull(json))
            {
                json.WriteStringValue(Cut);
                break;
            }

            Write(json, item, depth + 1);
        }

        json.WriteEndArray();
    }

    private static bool IsFull(Utf8JsonWriter json) => json.BytesCommitted + json.BytesPending > MostOctets;

    private static bool SoundsSecret(string name) => SecretNames().IsMatch(string.Concat(name.Where(char.IsLetterOrDigit)));

    /// <summary>A text without the secrets in it. First hidden, then cut: half a secret is one too. What is far behind the cut is not looked at, since
    /// looking has its price.</summary>
    public static string Mask(string text) => Shorten(SecretValues().Replace(Shorten(text, 2 * LongestText), "$1" + Hidden), LongestText);

    private static string Shorten(string text, int length) => text.Length <= length ? text : AuditText.Fit(text, length) + Cut;

    // Rather too many: what is hidden without need harms nobody.
    [GeneratedRegex("token|secret|passw|passphrase|pwd|authori[sz]ation|key|cookie|code|assertion|credential|session|signature|bearer|otp|jwt|proof|nonce|verifier",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretNames();

    // Our own credentials, JWTs, authorization headers, user info and secrets in URLs.
    [GeneratedRegex(
        @"\b(?:ag|ags|ak_live|ak_test)_[A-Za-z0-9_-]{6,}|\bey[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)*|\b(?:bearer|basic|dpop)\s+[A-Za-z0-9+/._~=-]{6,}"
        + @"|(?<=://)[^/@\s]+@|([?&;#][A-Za-z0-9_.%-]{0,60}(?:token|secret|passw|code|key|assertion|credential|signature)[A-Za-z0-9_.%-]{0,60}=)[^&;#\s]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretValues();
}
