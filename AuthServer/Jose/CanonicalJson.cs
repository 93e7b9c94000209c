using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace AuthServer.Jose;

/// <summary>The JSON Canonicalization Scheme (RFC 8785): one spelling, in octets, for each JSON value.</summary>
public static class CanonicalJson
{
    public const int MaxDepth = 32;

    private const double LargestSafeInteger = (1L << 53) - 1;

    /// <summary>The canonical octets, UTF-8.</summary>
    /// <exception cref="InvalidOperationException">The value has no canonical form: a duplicate member, a number that is not finite, or a string that is no text.</exception>
    public static byte[] Write(JsonElement value) => Encoding.UTF8.GetBytes(Text(value));

    /// <summary>The same as text.</summary>
    /// <exception cref="InvalidOperationException">The value has no canonical form.</exception>
    public static string Text(JsonElement value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return text.ToString();
    }

    /// <summary>Null when these octets are exactly the canonical form of what they say.</summary>
    public static CanonicalJsonFault? FaultOf(ReadOnlySpan<byte> utf8) =>
        Scan(utf8) ?? (utf8.SequenceEqual(Write(JsonElement.Parse(utf8))) ? null : CanonicalJsonFault.NotCanonical);

    private static CanonicalJsonFault? Scan(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            return CanonicalJsonFault.Malformed;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var names = new Stack<HashSet<string>>();
        var read = 0;
        try
        {
            while (reader.Read())
            {
                read = (int)reader.BytesConsumed;
                if (FaultOf(ref reader, names) is { } fault)
                    return fault;
            }
            return null;
        }
        catch (JsonException) // the reader has no other way to say that the text is malformed
        {
            return IsNonFinite(json[read..]) ? CanonicalJsonFault.NonFinite : CanonicalJsonFault.Malformed;
        }
        catch (InvalidOperationException) // a lone surrogate
        {
            return CanonicalJsonFault.Malformed;
        }
    }

    private static CanonicalJsonFault? FaultOf(ref Utf8JsonReader reader, Stack<HashSet<string>> names)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                names.Push(new HashSet<string>(StringComparer.Ordinal));
                return null;
            case JsonTokenType.EndObject:
                names.Pop();
                return null;
            case JsonTokenType.PropertyName:
                return names.Peek().Add(reader.GetString()!) ? null : CanonicalJsonFault.DuplicateMember;
            case JsonTokenType.String:
                _ = reader.GetString();
                return null;
            case JsonTokenType.Number:
                return !reader.TryGetDouble(out var number) || !double.IsFinite(number) ? CanonicalJsonFault.NonFinite
                    : Math.Abs(number) > LargestSafeInteger ? CanonicalJsonFault.UnsafeNumber
                    : null;
            default:
                return null;
        }
    }

    // Words that other languages' parsers take for numbers; JSON has none (RFC 8259 §6).
    private static bool IsNonFinite(ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart(" \t\r\n:,"u8);
        return rest.StartsWith("NaN"u8) || rest.StartsWith("Infinity"u8) || rest.StartsWith("-Infinity"u8);
    }

    private static void Write(JsonElement value, StringBuilder to)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(value, to);
                break;
            case JsonValueKind.Array:
                var separator = '[';
                foreach (var element in value.EnumerateArray())
                {
                    to.Append(separator);
                    Write(element, to);
                    separator = ',';
                }
                to.Append(separator == '[' ? "[]" : "]");
                break;
            case JsonValueKind.String:
                WriteString(value.GetString()!, to);
                break;
            case JsonValueKind.Number:
                to.Append(CanonicalNumber.Text(value.GetDouble()));
                break;
            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                to.Append(value.GetRawText());
                break;
            default:
                throw new InvalidOperationException("There is no value.");
        }
    }

    private static void WriteObject(JsonElement value, StringBuilder to)
    {
        string? last = null;
        // RFC 8785 §3.2.3: by UTF-16 code units, which is what ordinal means for .NET's strings.
        foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            if (member.Name == last)
                throw new InvalidOperationException("An object repeats a member name.");
            to.Append(last is null ? '{' : ',');
            WriteString(last = member.Name, to);
            to.Append(':');
            Write(member.Value, to);
        }
        to.Append(last is null ? "{}" : "}");
    }

    // RFC 8785 §3.2.2.2: the short escapes where there are some, \u00xx for other control characters, and nothing else.
    private static void WriteString(string value, StringBuilder to)
    {
        to.Append('"');
        foreach (var character in value)
        {
            _ = character switch
            {
                '"' or '\\' => to.Append('\\').Append(character),
                '\b' => to.Append("\\b"),
                '\t' => to.Append("\\t"),
                '\n' => to.Append("\\n"),
                '\f' => to.Append("\\f"),
                '\r' => to.Append("\\r"),
                < ' ' => to.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => to.Append(character),
            };
        }
        to.Append('"');
    }
}
