using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Pages.Forms;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using static AuthServer.Pages.Texts;

namespace AuthServer.Pages.Developer.Policies;

/// <summary>A policy as the text that the API takes, with faults at the lines where they stand.</summary>
internal static class PolicyJson
{
    public const string Field = "json";

    // The page encodes it for HTML.
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(PolicyItem policy)
    {
        var json = new JsonObject { ["name"] = policy.Name };
        Put(json, "description", policy.Description);
        json["effect"] = policy.Effect == PolicyEffect.Deny ? "deny" : "allow";
        Put(json, "agentId", policy.AgentId);
        if (Subjects(policy) is { Count: > 0 } subjects)
        {
            json["subjects"] = subjects;
        }

        json["resources"] = List(policy.Resources.Paths);
        json["actions"] = List(policy.Actions);
        json["rules"] = JsonNode.Parse(policy.Rules.GetRawText());
        json["priority"] = policy.Priority;
        json["enabled"] = policy.Enabled;
        return json.ToJsonString(Indented);
    }

    /// <summary>The body. Null: it cannot be read, and the fault says where.</summary>
    public static PolicyBody? Read(string text, FormFaults faults)
    {
        try
        {
            using var document = JsonDocument.Parse(text, ApiJson.Document);
        }
        catch (JsonException e)
        {
            faults.Add(Field, T("This is no JSON: look at line {0}, character {1}.", (e.LineNumber ?? 0) + 1, (e.BytePositionInLine ?? 0) + 1));
            return null;
        }

        try
        {
            var body = JsonSerializer.Deserialize<PolicyBody>(text, ApiJson.Requests);
            if (body is null)
            {
                faults.Add(Field, T("Write an object: { … }."));
            }

            return body;
        }
        catch (JsonException e)
        {
            // The reader's own message can repeat what was sent; only the place is told.
            var path = e.Path is { Length: > 2 } named && named.StartsWith("$.", StringComparison.Ordinal) ? named[2..] : null;
            faults.Add(Field, path is null ? T("Write an object: { … }.")
                : T("{0} (line {1}): This member is not known here, or its value is not of the kind that it takes.", path, LineOf(text, path)));
            return null;
        }
    }

    /// <summary>What the API found wrong, each with its path and its line.</summary>
    public static void Tell(Problem problem, string text, FormFaults faults)
    {
        foreach (var (path, sentences) in problem.Faults ?? new Dictionary<string, Sentence[]>())
        {
            foreach (var sentence in sentences)
            {
                faults.Add(Field, T("{0} (line {1}): {2}", path, LineOf(text, path), T(sentence)));
            }
        }

        if (problem.Faults is null)
        {
            faults.Add("", problem.Said);
        }
    }

    /// <summary>The line of a member, from 1; of one that is missing, the line of what it is missing in.</summary>
    internal static int LineOf(string text, string path)
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

    private static JsonObject Subjects(PolicyItem policy)
    {
        var (subjects, json) = (policy.Subjects, new JsonObject());
        foreach (var (name, list) in new[]
        {
            ("agentIds", policy.AgentId is null ? subjects.AgentIds : []), ("userIds", subjects.UserIds), ("agentTypes", subjects.AgentTypes), ("trustLevels", subjects.TrustLevels),
        }.Where(pair => pair.Item2.Count > 0))
        {
            json[name] = List(list);
        }

        return json;
    }

    private static JsonArray List(IReadOnlyList<string> items) => new([.. items.Select(item => JsonValue.Create(item))]);

    private static void Put(JsonObject json, string name, string? value)
    {
        if (value is not null)
        {
            json[name] = value;
        }
    }
}
