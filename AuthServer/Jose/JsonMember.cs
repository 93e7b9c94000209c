using System.Text;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>Where one member of a JSON object stands in its text. Strings are located without their quotes.</summary>
internal readonly record struct JsonMember(
    int NameStart, int NameLength, bool NameEscaped, int Start, int Length, JsonTokenType Kind, bool Escaped)
{
    public bool NameEquals(ReadOnlySpan<byte> json, ReadOnlySpan<char> name) => TextEquals(json, NameStart, NameLength, NameEscaped, name);

    public string Name(ReadOnlySpan<byte> json) => Text(json, NameStart, NameLength, NameEscaped);

    public bool StringEquals(ReadOnlySpan<byte> json, ReadOnlySpan<char> value) =>
        Kind == JsonTokenType.String && TextEquals(json, Start, Length, Escaped, value);

    /// <summary>The value of a string member.</summary>
    public string String(ReadOnlySpan<byte> json) => Text(json, Start, Length, Escaped);

    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> json) => json.Slice(Start, Length);

    internal static string Text(ReadOnlySpan<byte> json, int start, int length, bool escaped)
    {
        if (!escaped)
            return Encoding.UTF8.GetString(json.Slice(start, length));
        var reader = new Utf8JsonReader(json.Slice(start - 1, length + 2));
        reader.Read();
        return reader.GetString()!;
    }

    internal static bool TextEquals(ReadOnlySpan<byte> json, int start, int length, bool escaped, ReadOnlySpan<char> value)
    {
        if (!escaped && Ascii.IsValid(value))
            return Ascii.Equals(json.Slice(start, length), value);
        return value.SequenceEqual(Text(json, start, length, escaped));
    }
}
