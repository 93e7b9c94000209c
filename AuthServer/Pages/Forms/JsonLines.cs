using System.Text;
using System.Text.Json;
using AuthServer.Http.Api;
using AuthServer.Languages;

namespace AuthServer.Pages.Forms;

/// <summary>Faults of a JSON text that somebody wrote, at the lines where they stand.</summary>
internal static class JsonLines
{
    public static Sentence NoJson(JsonException e) => Sentence.Of("This is no JSON: look at line {0}, character {1}.", (e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1);

    /// <param name="path">Of a member; empty: the text as a whole.</param>
    public static Sentence At(string text, string path, Sentence said) =>
        path.Length == 0 ? said : Sentence.Of("{0} (line {1}): {2}", Names.Shown(Names.Exact(path)), LineOf(text, path), said);

    /// <summary>The line of a member, from 1; of one that is missing, the line of what it is missing in.</summary>
    private static int LineOf(string text, string path)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = ApiJson.Document.MaxDepth });
        var (around, at, best, offset) = (new Stack<(string Path, int Index)>(), "", -1, 0L);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    at = around.Peek().Path.Length == 0 ? reader.GetString()! : $"{around.Peek().Path}.{reader.GetString()}";
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    around.Pop();
                    continue;
                default:
                    at = InList(around) ?? at;
                    break;
            }

            if (at.Length > best && Leads(at, path))
            {
                (best, offset) = (at.Length, reader.TokenStartIndex);
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                around.Push((at, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
            }
        }

        return utf8.AsSpan(0, (int)offset).Count((byte)'\n') + 1;
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
