using System.Text.Json;
using System.Text.Unicode;

namespace AuthServer.Jose;

/// <summary>
/// Reads a JSON object that has exactly one meaning: valid UTF-8, no duplicate member at any depth, no comment, no text
/// after it, no string that cannot be a .NET string.
/// </summary>
internal static class StrictJson
{
    /// <summary>Fills in the members and answers how many there are; -1 when the text is refused or has more than fit.</summary>
    public static int ReadObject(ReadOnlySpan<byte> json, Span<JsonMember> members)
    {
        if (!Utf8.IsValid(json))
            return -1;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return -1;
            var count = ReadMembers(ref reader, json, members);
            return count >= 0 && !reader.Read() ? count : -1;
        }
        catch (JsonException) // the reader has no other way to say that the text is malformed
        {
            return -1;
        }
    }

    private static int ReadMembers(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Span<JsonMember> members)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (count == members.Length || !IsText(ref reader))
                return -1;
            var (name, length, escaped) = ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, reader.ValueIsEscaped);
            // RFC 7515 §4, RFC 7519 §4: names are unique; two readers must not see two different values.
            if (HasName(json, members[..count], name, length, escaped))
                return -1;
            reader.Read();
            var (kind, valueEscaped, start) = (reader.TokenType, reader.ValueIsEscaped, (int)reader.TokenStartIndex);
            // Nested objects use the free end of the same span, and give it back.
            if (!ReadValue(ref reader, json, members[(count + 1)..]))
                return -1;
            var (valueStart, valueLength) = kind == JsonTokenType.String
                ? (start + 1, reader.ValueSpan.Length)
                : (start, (int)reader.BytesConsumed - start);
            members[count++] = new JsonMember(name, length, escaped, valueStart, valueLength, kind, valueEscaped);
        }
        return count;
    }

    private static bool ReadValue(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Span<JsonMember> scratch)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadMembers(ref reader, json, scratch) >= 0;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (!ReadValue(ref reader, json, scratch))
                        return false;
                }
                return true;
            case JsonTokenType.String:
                return IsText(ref reader);
            default:
                return true;
        }
    }

    private static bool HasName(ReadOnlySpan<byte> json, ReadOnlySpan<JsonMember> members, int start, int length, bool escaped)
    {
        foreach (var member in members)
        {
            var same = !escaped && !member.NameEscaped
                ? json.Slice(member.NameStart, member.NameLength).SequenceEqual(json.Slice(start, length))
                : member.Name(json) == JsonMember.Text(json, start, length, escaped);
            if (same)
                return true;
        }
        return false;
    }

    // An escape can spell a lone surrogate, which is no text, and NUL, which databases and logs cut off.
    private static bool IsText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return true;
        try
        {
            return !reader.GetString()!.Contains('\0');
        }
        catch (InvalidOperationException) // a lone surrogate
        {
            return false;
        }
    }
}
