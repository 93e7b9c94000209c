using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace AuthServer.Jose;

/// <summary>
/// The claims of one JWT: a strict JSON object (no duplicate at any depth), read in place. Registered claims have their
/// RFC 7519 types or nothing is read at all. "Try" methods are false when the claim is absent or has another type.
/// </summary>
public sealed class JwtClaims
{
    /// <summary>Most members of one object, nested ones counted along their path.</summary>
    public const int MaxMembers = 256;

    private readonly ReadOnlyMemory<byte> _json;
    private readonly JsonMember[] _members;

    private JwtClaims(ReadOnlyMemory<byte> json, JsonMember[] members) => (_json, _members) = (json, members);

    /// <summary>The object's text, UTF-8.</summary>
    public ReadOnlyMemory<byte> Json => _json;

    /// <summary>Every claim's name, in the token's order.</summary>
    public IEnumerable<string> Names => _members.Select(m => m.Name(_json.Span));

    /// <summary>Reads a claims set that must obey RFC 7519; the text is not copied.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JwtClaims? claims)
    {
        claims = TryParseObject(utf8, out var parsed) && parsed.RegisteredClaimsAreSound() ? parsed : null;
        return claims is not null;
    }

    public bool Has(string name) => TryFind(name, out _);

    public bool TryGetString(string name, [NotNullWhen(true)] out string? value)
    {
        value = TryFind(name, out var member) && member.Kind == JsonTokenType.String ? member.String(_json.Span) : null;
        return value is not null;
    }

    /// <summary>The claim where it is a string; else null.</summary>
    public string? Text(string name) => TryGetString(name, out var value) ? value : null;

    /// <summary>True when the claim is a string equal to this one, ordinal; makes no string.</summary>
    public bool StringEquals(string name, string value) => TryFind(name, out var member) && member.StringEquals(_json.Span, value);

    public bool TryGetBoolean(string name, out bool value)
    {
        value = TryFind(name, out var member) && member.Kind == JsonTokenType.True;
        return value || member.Kind == JsonTokenType.False;
    }

    /// <summary>An integer written as one.</summary>
    public bool TryGetLong(string name, out long value)
    {
        value = 0;
        return TryFind(name, out var member) && member.Kind == JsonTokenType.Number
            && long.TryParse(member.Value(_json.Span), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whole seconds since 1970, a fraction rounded down, within the years 1 to 9999.</summary>
    public bool TryGetNumericDate(string name, out long seconds)
    {
        seconds = 0;
        return TryFind(name, out var member) && TryReadDate(member, out seconds);
    }

    /// <summary>The claim where it is a moment, as <see cref="TryGetNumericDate"/> reads it; else null.</summary>
    public DateTimeOffset? Time(string name) => TryGetNumericDate(name, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>A string, or an array of nothing but strings: "aud", "amr" and their like.</summary>
    public bool TryGetStrings(string name, [NotNullWhen(true)] out IReadOnlyList<string>? values)
    {
        values = null;
        if (!TryFind(name, out var member))
            return false;
        if (member.Kind == JsonTokenType.String)
            values = [member.String(_json.Span)];
        else if (member.Kind == JsonTokenType.StartArray)
            values = Strings(member);
        return values is not null;
    }

    /// <summary>True when <see cref="TryGetStrings"/> would hold this value, ordinal; makes no string.</summary>
    public bool Contains(string name, string value)
    {
        if (!TryFind(name, out var member))
            return false;
        if (member.Kind != JsonTokenType.StartArray)
            return member.StringEquals(_json.Span, value);
        var reader = new Utf8JsonReader(member.Value(_json.Span));
        var found = false;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            found |= reader.ValueTextEquals(value);
        return found && reader.TokenType == JsonTokenType.EndArray;
    }

    /// <summary>A nested object, such as "act" or "cnf".</summary>
    public bool TryGetObject(string name, [NotNullWhen(true)] out JwtClaims? value)
    {
        value = null;
        return TryFind(name, out var member) && member.Kind == JsonTokenType.StartObject
            && TryParseObject(_json.Slice(member.Start, member.Length), out value);
    }

    /// <summary>The value as JSON text, quotes included.</summary>
    public bool TryGetJson(string name, out ReadOnlyMemory<byte> json)
    {
        json = default;
        if (!TryFind(name, out var member))
            return false;
        var quote = member.Kind == JsonTokenType.String ? 1 : 0;
        json = _json.Slice(member.Start - quote, member.Length + (2 * quote));
        return true;
    }

    private static bool TryParseObject(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JwtClaims? claims)
    {
        Span<JsonMember> members = stackalloc JsonMember[MaxMembers];
        var count = StrictJson.ReadObject(utf8.Span, members);
        claims = count < 0 ? null : new JwtClaims(utf8, members[..count].ToArray());
        return claims is not null;
    }

    // RFC 7519 §4.1. Checked here so that a wrong type is not taken for an absent claim: "nbf":"later" must not mean "now".
    private bool RegisteredClaimsAreSound()
    {
        var json = _json.Span;
        foreach (ref readonly var member in _members.AsSpan())
        {
            if (member.NameLength != 3 && !member.NameEscaped)
                continue; // every registered name has three letters
            if (member.NameEquals(json, "iss") || member.NameEquals(json, "sub") || member.NameEquals(json, "jti"))
            {
                if (member.Kind != JsonTokenType.String)
                    return false;
            }
            else if (member.NameEquals(json, "exp") || member.NameEquals(json, "nbf") || member.NameEquals(json, "iat"))
            {
                if (!TryReadDate(member, out _))
                    return false;
            }
            else if (member.NameEquals(json, "aud") && member.Kind != JsonTokenType.String && !AreStrings(member))
            {
                return false;
            }
        }
        return true;
    }

    // RFC 7519 §2: a NumericDate is any JSON number.
    private bool TryReadDate(in JsonMember member, out long seconds)
    {
        seconds = 0;
        if (member.Kind != JsonTokenType.Number
            || !decimal.TryParse(member.Value(_json.Span), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || number < DateTimeOffset.MinValue.ToUnixTimeSeconds() || number > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return false;
        seconds = (long)decimal.Floor(number);
        return true;
    }

    private bool AreStrings(in JsonMember member)
    {
        if (member.Kind != JsonTokenType.StartArray)
            return false;
        var reader = new Utf8JsonReader(member.Value(_json.Span));
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            continue;
        return reader.TokenType == JsonTokenType.EndArray;
    }

    private List<string>? Strings(in JsonMember member)
    {
        var reader = new Utf8JsonReader(member.Value(_json.Span));
        var values = new List<string>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            values.Add(reader.GetString()!);
        return reader.TokenType == JsonTokenType.EndArray ? values : null;
    }

    private bool TryFind(string name, out JsonMember found)
    {
        var json = _json.Span;
        foreach (var member in _members)
        {
            if (!member.NameEquals(json, name))
                continue;
            found = member;
            return true;
        }
        found = default;
        return false;
    }
}
