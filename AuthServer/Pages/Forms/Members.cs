using System.Collections.Frozen;
using System.Text.Json;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Forms;

/// <summary>Members of requests and configurations, as people read them.</summary>
internal static class Members
{
    /// <summary>Words that are spelled by their letters.</summary>
    private static readonly FrozenSet<string> Letters = FrozenSet.Create(StringComparer.Ordinal, "api", "id", "sid", "uri", "url");

    /// <summary>What holds names that are not ours.</summary>
    private static readonly FrozenSet<string> Foreign = FrozenSet.Create(StringComparer.Ordinal, "custom", "fields", "headers");

    /// <summary>A path of members.</summary>
    public static string OfPath(string path)
    {
        var said = path.Replace("settings.", "", StringComparison.Ordinal).Replace("credentials.", "", StringComparison.Ordinal);
        var parts = said.Split('.', Foreign.Contains(said.Split('.')[0]) ? 2 : int.MaxValue);
        var words = string.Join(": ", parts.Select((part, i) => i > 0 && Foreign.Contains(parts[0]) ? part : Words(part)));
        return words.Length == 0 ? path : Names.Capital(words);
    }

    /// <summary>A value, on one line.</summary>
    public static string OfValue(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => T("Not set"),
        { ValueKind: JsonValueKind.True } => T("Yes"),
        { ValueKind: JsonValueKind.False } => T("No"),
        { ValueKind: JsonValueKind.Array } list => list.GetArrayLength() == 0 ? T("None") : string.Join(" ", list.EnumerateArray().Select(entry => OfValue(entry))),
        { ValueKind: JsonValueKind.String } text => text.GetString() is { Length: > 0 } said ? said : T("Empty"),
        { } other => other.GetRawText(),
    };

    private static string Words(string member) => T(string.Join(' ', member.Split('_').Select(word => Letters.Contains(word) ? word.ToUpperInvariant() : word)));
}
