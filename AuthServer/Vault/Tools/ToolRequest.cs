using System.Text.Json.Nodes;
using AuthServer.Http.Api;
using AuthServer.Vault.Providers;

namespace AuthServer.Vault.Tools;

/// <summary>The call that a tool is with these arguments.</summary>
/// <param name="Path">Behind the API's base address, encoded.</param>
/// <param name="Query">Encoded, with its question mark; empty: there is none.</param>
/// <param name="Body">JSON; null: there is none.</param>
public sealed record ToolRequest(string Method, string Path, string Query, JsonNode? Body)
{
    private const string Arguments = "arguments";

    public static Answer<ToolRequest> Make(ProviderTool tool, JsonObject arguments)
    {
        var faults = new Faults();
        ToolSchema.Read("tool", tool.InputSchema, faults)?.Check(Arguments, arguments, faults);
        if (faults.Problem is { } invalid)
        {
            return invalid;
        }

        if (ToolPath.Fill(tool.Path, arguments, out var fault) is not { } path)
        {
            return Problem.Invalid($"{Arguments}.{fault}", "This stands in the address: give one name, without slashes and line breaks, and not dots alone.");
        }

        var body = tool.Body is { } template ? ToolBody.Fill(template, arguments, out fault) : null;
        if (fault is not null)
        {
            return Problem.Invalid($"{Arguments}.{fault}", "This stands on one line: leave out line breaks.");
        }

        var query = tool.Query.Select(pair => (pair.Key, Value: ToolText.Fill(pair.Value, arguments, value => value))).Where(pair => pair.Value is not null)
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value!)}").ToArray();
        return new ToolRequest(tool.Method, path, query.Length == 0 ? "" : "?" + string.Join('&', query), body);
    }
}
