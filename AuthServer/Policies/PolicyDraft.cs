using System.Text.Json;
using AuthServer.Agents;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Languages;
using AuthServer.Policies.Engine;
using AuthServer.Protocol;

namespace AuthServer.Policies;

/// <summary>Writes a body over a policy and notes everything that is wrong with it. A policy with faults is not for storing.</summary>
internal sealed class PolicyDraft(PolicyBody body, Faults faults)
{
    private const int LongestName = 200;
    private const int LongestDescription = 2000;
    private const int MostItems = 100;
    private const int HighestPriority = 1_000_000;

    private static readonly HashSet<string> AgentTypes = Words<AgentType>();
    private static readonly HashSet<string> TrustLevels = Words<TrustLevel>();

    public void WriteTo(PolicyRow row)
    {
        WriteTexts(row);
        WriteSubjects(row);
        if (body.Resources is { } resources)
        {
            row.Resources = Json(Patterns("resources", ReadResources(resources), Pattern.Resource, "Name resources exactly, or a prefix with a final *."));
        }

        if (body.Actions is { } actions)
        {
            row.Actions = Json(Patterns("actions", actions, Pattern.Action, "Name a scope, or a wildcard such as email:* or crm.*."));
        }

        new RulesDraft(body, faults).WriteTo(row);
    }

    private void WriteTexts(PolicyRow row)
    {
        (row.Name, row.Effect) = (body.Name ?? row.Name, body.Effect ?? row.Effect);
        (row.Priority, row.Enabled) = (body.Priority ?? row.Priority, body.Enabled ?? row.Enabled);
        row.Description = body.Description is null ? row.Description : body.Description.Length == 0 ? null : body.Description;
        faults.Add("name", VisibleText.IsLine(row.Name, LongestName) ? null : $"Use 1 to {LongestName} visible characters on one line, without spaces around them.");
        faults.Add("description", row.Description is null || VisibleText.IsParagraphs(row.Description, LongestDescription) ? null : $"Use at most {LongestDescription} visible characters.");
        faults.Add("priority", Math.Abs((long)row.Priority) <= HighestPriority ? null : $"Use a number from -{HighestPriority} to {HighestPriority}.");
    }

    private void WriteSubjects(PolicyRow row)
    {
        if (body.AgentId is { } agentId)
        {
            row.AgentId = agentId.Length == 0 ? null : Identifiers.Read("agt_", agentId);
            faults.Add("agentId", agentId.Length == 0 || row.AgentId is not null ? null : "Name an agent: agt_…");
        }

        var subjects = body.Subjects is { } said ? Read(said) : JsonSerializer.Deserialize<PolicySubjects>(row.Subjects, ApiJson.Options)!;
        if (row.AgentId is { } only)
        {
            faults.Add("subjects.agentIds", subjects.AgentIds.All(id => id == only) ? null : "The policy is about the one agent in agentId; set that to \"\" first.");
            subjects = subjects with { AgentIds = [] };
        }

        row.Subjects = JsonSerializer.Serialize(subjects, ApiJson.Options);
    }

    private PolicySubjects Read(SubjectsBody said)
    {
        var subjects = new PolicySubjects
        {
            AgentIds = Items("subjects.agentIds", said.AgentIds, id => Identifiers.Read("agt_", id), "Name an agent: agt_…"),
            UserIds = Items("subjects.userIds", said.UserIds, id => Identifiers.Read("usr_", id), "Name a person: usr_…"),
            AgentTypes = Items("subjects.agentTypes", said.AgentTypes, word => AgentTypes.Contains(word) ? word : null, OneOf(AgentTypes)),
            TrustLevels = Items("subjects.trustLevels", said.TrustLevels, word => TrustLevels.Contains(word) ? word : null, OneOf(TrustLevels)),
        };

        // Who wrote both, or nothing, meant one of them, and it is not for us to say which.
        var everybody = subjects is { AgentIds: [], UserIds: [], AgentTypes: [], TrustLevels: [] };
        faults.Add("subjects", everybody && said.Wildcard is null ? "They name nobody. Name somebody, set wildcard, or leave them out." : null);
        faults.Add("subjects.wildcard", said.Wildcard is null || said.Wildcard == everybody ? null
            : everybody ? "The subjects name nobody. Name somebody, or leave wildcard out." : "The subjects name somebody, and everybody.");
        return subjects;
    }

    /// <summary>A list, or an object that holds one in <c>paths</c>.</summary>
    private IReadOnlyList<string?> ReadResources(JsonElement json)
    {
        if (!ApiJson.IsText(json))
        {
            faults.Add("resources", "It holds a string that is not valid text.");
            return [];
        }

        if (json.ValueKind == JsonValueKind.Array)
        {
            return [.. json.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString() : null)];
        }

        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add("resources", "Give a list, or an object with paths and wildcard.");
            return [];
        }

        string[] unknown = [.. json.EnumerateObject().Select(member => member.Name).Where(name => name is not ("paths" or "wildcard"))];
        foreach (var name in unknown)
        {
            faults.Add($"resources.{name}", "This member is not known here.");
        }

        IReadOnlyList<string?> paths = json.TryGetProperty("paths", out var list) && list.ValueKind != JsonValueKind.Null
            ? list.ValueKind == JsonValueKind.Array ? ReadResources(list) : [null]
            : [];
        var wildcard = json.TryGetProperty("wildcard", out var all) ? all.ValueKind : JsonValueKind.Undefined;
        faults.Add("resources", unknown.Length == 0 && paths.Count == 0 && wildcard is (JsonValueKind.Undefined or JsonValueKind.Null) ? "They name none. Name some, set wildcard, or leave them out." : null);
        faults.Add("resources.wildcard", (wildcard, paths.Count) switch
        {
            (JsonValueKind.True, 0) or (JsonValueKind.False, > 0) or (JsonValueKind.Undefined or JsonValueKind.Null, _) => null,
            (JsonValueKind.True, _) => "The resources name some, and all.",
            (JsonValueKind.False, _) => "The resources name none. Name some, or leave wildcard out.",
            _ => "Give true or false.",
        });
        return paths;
    }

    private string[] Patterns(string field, IReadOnlyList<string?> texts, Func<string, Pattern?> read, Sentence sentence) =>
        Items(field, texts, text => read(text)?.Text, sentence);

    private string[] Items(string field, IReadOnlyList<string?>? texts, Func<string, string?> read, Sentence sentence)
    {
        if (texts?.Count > MostItems)
        {
            faults.Add(field, $"Name at most {MostItems}.");
            return [];
        }

        var items = new List<string>();
        foreach (var (index, text) in (texts ?? []).Index())
        {
            var item = text is null ? null : read(text);
            faults.Add($"{field}[{index}]", item is null ? sentence : items.Contains(item) ? "This is named twice." : null);
            items.Add(item ?? "");
        }

        return [.. items];
    }

    private static Sentence OneOf(IEnumerable<string> words) => Sentence.Of("Use one of {0}.", string.Join(", ", words));

    private static string Json(string[] items) => JsonSerializer.Serialize(items, ApiJson.Options);

    private static HashSet<string> Words<T>()
        where T : struct, Enum => [.. Enum.GetNames<T>().Select(name => JsonNamingPolicy.SnakeCaseLower.ConvertName(name))];
}
