using System.Text;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Languages;

namespace AuthServer.Pages.Forms;

/// <summary>Faults of a JSON text that somebody wrote, at the lines where they stand.</summary>
internal static class JsonLines
{
    /// <summary>Why the parser did not take a text. It says where, except of a member that stands there twice.</summary>
    public static Sentence NoJson(string text, JsonException e) => e.LineNumber is null && Twice(text) is { } twice ? twice
        : Sentence.Of("This is no JSON: look at line {0}, character {1}.", (e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1);

    /// <param name="path">Of a member; empty: the text as a whole.</param>
    public static Sentence At(string text, string path, Sentence said) =>
        path.Length == 0 ? said : At(path, LineOf(text, path), said);

    private static Sentence At(string path, int line, Sentence said) => Sentence.Of("{0} (line {1}): {2}", Names.Shown(Names.Exact(path)), line, said);

    /// <summary>Null: no member does.</summary>
    private static Sentence? Twice(string text)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return Places(text).Where(place => !seen.Add(place.Path)).Select(place => At(place.Path, place.Line, "This member stands there twice. Leave one of them.")).FirstOrDefault();
    }

    /// <summary>The line of a member, from 1; of one that is missing, the line of what it is missing in.</summary>
    private static int LineOf(string text, string path) =>
        Places(text).Where(place => Leads(place.Path, path)).OrderByDescending(place => place.Path.Length).Select(place => place.Line).FirstOrDefault(1);

    /// <summary>All members, and all entries of lists, in their order.</summary>
    private static List<(string Path, int Line)> Places(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ApiJson.Document.MaxDepth });
        var (places, around, at, line, counted) = (new List<(string Path, int Line)>(), new Stack<(string Path, int Index)>(), "", 1, 0);
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            line += utf8.AsSpan(counted, start - counted).Count((byte)'\n');
            counted = start;
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                around.Pop();
                continue;
            }

            var place = reader.TokenType != JsonTokenType.PropertyName ? InList(around)
                : around.Peek().Path.Length == 0 ? reader.GetString()! : $"{around.Peek().Path}.{reader.GetString()}";
            if (place is not null)
            {
                at = place;
                places.Add((at, line));
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                around.Push((at, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
            }
        }

        return places;
    }

    /// <summary>The path of a list's next entry; null: this is no list.</summary>
    private static string? InList(Stack<(string Path, int Index)> around)
    {
        if (!around.TryPeek(out var list) || list.Index < 0)
        {
            return null;
        }

        around.Push(around.Pop() with { Index = list.Index + 1 });
        return $"{list.Path}[{list.Index}]";
    }

    /// <summary>Whether one path is another or leads to it; the API reads names in either spelling.</summary>
    private static bool Leads(string path, string to)
    {
        var (one, other) = (path.Replace("_", "", StringComparison.Ordinal), to.Replace("_", "", StringComparison.Ordinal));
        return other.StartsWith(one, StringComparison.OrdinalIgnoreCase) && (other.Length == one.Length || other[one.Length] is '.' or '[');
    }
}
