using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Vault.Tools;

namespace AuthServer.Vault.Providers;

/// <summary>Whether a provider's tools can be called as they are written.</summary>
internal static class ToolCheck
{
    public const int Most = 100;

    private const int LongestDescription = 1000;
    private const int LongestPath = 300;
    private const int MostParameters = 30;

    private static readonly string[] Taken = ["access_token", "account_id", "token_kind"];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    public static void Run(IReadOnlyList<ProviderTool> tools, Faults faults)
    {
        faults.Add("tools", tools.Count > Most ? $"Give {Most} tools at most." : null);
        foreach (var twice in tools.GroupBy(tool => tool.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            faults.Add("tools", $"There are two tools named {twice.Key}.");
        }

        foreach (var (i, tool) in tools.Take(Most).Index())
        {
            OfTool($"tools[{i}]", tool, faults);
        }
    }

    private static void OfTool(string path, ProviderTool tool, Faults faults)
    {
        ProviderCheck.OneWord(faults, path + ".name", tool.Name);
        ProviderCheck.Label(faults, path + ".title", tool.Title);
        faults.Add(path + ".description", VisibleText.IsParagraphs(tool.Description, LongestDescription) ? null : $"Give 1 to {LongestDescription} visible characters.");
        ToolSchema.Read(path + ".input_schema", tool.InputSchema, faults);
        foreach (var taken in ToolSchema.Names(tool.InputSchema).Intersect(Taken))
        {
            faults.Add($"{path}.input_schema.properties.{taken}", "This argument says as whom, with which account or token a tool is called: use another name.");
        }

        faults.Add(path + ".method", !Methods.Contains(tool.Method) ? $"Use one of: {string.Join(", ", Methods)}."
            : tool.Method == "GET" && tool.Effect != ToolEffect.Read ? "A GET changes nothing: its effect is read." : null);
        faults.Add(path + ".body", tool.Body is not null && tool.Method is "GET" or "DELETE" ? $"A {tool.Method} has no body." : null);

        var names = ToolSchema.Names(tool.InputSchema).ToHashSet(StringComparer.Ordinal);
        faults.Add(path + ".path", ToolPath.Refuse(tool.Path, LongestPath) ?? Unknown(ToolText.Of(tool.Path), names));
        faults.Add(path + ".query", tool.Query.Count > MostParameters ? $"Give {MostParameters} parameters at most." : null);
        foreach (var (name, text) in tool.Query)
        {
            faults.Add($"{path}.query.{name}", CallCheck.IsParameter(name) ? Unknown(ToolText.Of(text), names) : "Use letters, digits and -._ for a name.");
        }

        if (tool.Body is { } body)
        {
            OfBody(path + ".body", body, names, faults);
        }
    }

    private static void OfBody(string path, JsonElement body, HashSet<string> names, Faults faults)
    {
        switch (body.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in body.EnumerateObject())
                {
                    faults.Add($"{path}.{member.Name}", ToolBody.IsMessage(member.Name) && !ToolBody.IsLines(member.Value) ? "Give a list of lines." : null);
                    OfBody($"{path}.{member.Name}", member.Value, names, faults);
                }

                break;
            case JsonValueKind.Array:
                foreach (var (i, element) in body.EnumerateArray().Index())
                {
                    OfBody($"{path}[{i}]", element, names, faults);
                }

                break;
            case JsonValueKind.String:
                faults.Add(path, Unknown(ToolText.Of(body.GetString()!), names));
                break;
        }
    }

    private static string? Unknown(IEnumerable<string> used, HashSet<string> names) =>
        used.FirstOrDefault(name => !names.Contains(name)) is { } unknown ? $"No argument is called {unknown}." : null;
}
