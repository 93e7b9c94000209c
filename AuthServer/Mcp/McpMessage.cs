using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http.Api;

namespace AuthServer.Mcp;

/// <summary>A JSON-RPC message as far as it decides who may send it.</summary>
/// <param name="Id">As JSON; null: it has none.</param>
/// <param name="Tool">The tool that is called; null: the message calls none.</param>
/// <param name="AccessToken">The token among the tool's arguments.</param>
/// <param name="Body">The message without that token; a first greeting (<c>initialize</c>) asks in it for a revision that is known here.</param>
internal sealed record McpMessage(string? Id, string? Method, string? Tool, string? AccessToken, ReadOnlyMemory<byte> Body)
{
    private const string TokenArgument = "access_token";
    private const string VersionMember = "io.modelcontextprotocol/protocolVersion";
    private const string AskedVersion = "protocolVersion";

    // Those that begin with a greeting; the newest last.
    private static readonly string[] Greeting = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

    // What decides who may send it, of the message and of its parameters.
    private static readonly string[] Deciding = ["id", "method", "params"];
    private static readonly string[] DecidingOfCall = ["name", "arguments", "_meta"];

    /// <summary>The revision of the protocol that it follows by its own word; null: it says none, as those before 2026 do.</summary>
    public string? Version { get; private init; }

    /// <summary>Null: it is no single JSON-RPC message. No member twice, nor in other letters: two readers could each take another one.</summary>
    public static McpMessage? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, ApiJson.Document);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && ApiJson.IsText(root) && IsSpelled(root, Deciding) && (Member(root, "params") is not { } said || IsSpelled(said, DecidingOfCall))
                ? Read(root, body)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a reader that does not mind upper and lower case finds the same in it as one that does.</summary>
    private static bool IsSpelled(JsonElement json, string[] deciding) =>
        !json.EnumerateObject().Any(member => deciding.Any(name => name != member.Name && name.Equals(member.Name, StringComparison.OrdinalIgnoreCase)));

    private static McpMessage Read(JsonElement root, ReadOnlyMemory<byte> body)
    {
        var id = root.TryGetProperty("id", out var value) && value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.GetRawText() : null;
        var method = Text(root, "method");
        if (Member(root, "params") is not { } parameters)
        {
            return new(id, method, null, null, body);
        }

        var version = Member(parameters, "_meta") is { } meta ? Text(meta, VersionMember) : null;
        return method switch
        {
            "tools/call" => ReadCall(root, parameters, body, id, method) with { Version = version },

            // Lifecycle of 2025-11-25: whoever asks for a revision that is not known is answered with one that is. The server behind would refuse it.
            McpGate.Initialize when version is null && Text(parameters, AskedVersion) is { } asked && !Greeting.Contains(asked) =>
                new(id, method, null, null, Changed(root, said => said[AskedVersion] = Greeting[^1])),
            _ => new(id, method, null, null, body) { Version = version },
        };
    }

    private static McpMessage ReadCall(JsonElement root, JsonElement parameters, ReadOnlyMemory<byte> body, string? id, string method)
    {
        var tool = Text(parameters, "name");
        return Member(parameters, "arguments") is { } arguments && arguments.TryGetProperty(TokenArgument, out var token) && token.ValueKind is JsonValueKind.String or JsonValueKind.Null
                ? new(id, method, tool, token.GetString(), Changed(root, said => ((JsonObject)said["arguments"]!).Remove(TokenArgument)))
                : new(id, method, tool, null, body);
    }

    private static byte[] Changed(JsonElement root, Action<JsonNode> change)
    {
        var copy = JsonObject.Create(root)!;
        change(copy["params"]!);
        return JsonSerializer.SerializeToUtf8Bytes(copy);
    }

    private static JsonElement? Member(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
