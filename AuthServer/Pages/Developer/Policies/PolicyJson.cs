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
            faults.Add(Field, JsonLines.NoJson(text, e));
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
            TellAll(text, e, faults);
            return null;
        }
    }

    /// <summary>All that the reader could not read; it stops at the first.</summary>
    private static void TellAll(string text, JsonException first, FormFaults faults)
    {
        using var document = JsonDocument.Parse(text, ApiJson.Document);
        if (!ApiJson.IsText(document.RootElement))
        {
            faults.Add(Field, T("It holds a string that is not valid text."));
            return;
        }

        foreach (var (path, said) in JsonFaults.Find(document.RootElement, typeof(PolicyBody)))
        {
            faults.Add(Field, JsonLines.At(text, path, said));
        }

        if (!faults.Any)
        {
            // The reader's own message can repeat what was sent; only the place is told.
            var path = first.Path is { Length: > 2 } named && named.StartsWith("$.", StringComparison.Ordinal) ? named[2..] : null;
            faults.Add(Field, path is null ? T("Write an object: { … }.") : JsonLines.At(text, path, "This value is not of the kind that stands here."));
        }
    }

    /// <summary>What the API found wrong, each with its path and its line.</summary>
    public static void Tell(Problem problem, string text, FormFaults faults)
    {
        foreach (var (path, sentences) in problem.Faults ?? new Dictionary<string, Sentence[]>())
        {
            foreach (var sentence in sentences)
            {
                faults.Add(Field, JsonLines.At(text, path, sentence));
            }
        }

        if (problem.Faults is null)
        {
            faults.Add(problem);
        }
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
