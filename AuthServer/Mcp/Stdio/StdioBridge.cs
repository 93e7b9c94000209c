using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuthServer.Mcp.Stdio;

/// <summary>Sends each line that comes in to a server as one message, and writes what it answers as one line.</summary>
/// <param name="http">Its base address is the server's.</param>
/// <param name="apiKey">For <c>authenticate</c> without a key; null: there is none.</param>
/// <param name="errors">Where people look; never messages.</param>
internal sealed class StdioBridge(HttpClient http, string? apiKey, TextWriter output, TextWriter errors)
{
    private const string VersionMember = "io.modelcontextprotocol/protocolVersion";
    private const int ParseError = -32700;
    private const int Unreachable = -32000;

    // What the server said of a session of the 2025 revisions; null while there is none.
    private string? _session;
    private string? _version;

    public async Task RunAsync(TextReader input, CancellationToken ct)
    {
        while (await input.ReadLineAsync(ct) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            if (Parse(line) is not { } message)
            {
                await WriteErrorAsync(null, ParseError, "The line is not a JSON-RPC message.");
                continue;
            }

            AddKey(message);
            await ForwardAsync(message, ct);
        }
    }

    private async Task ForwardAsync(JsonObject message, CancellationToken ct)
    {
        try
        {
            using var request = Describe(message);
            using var response = await http.SendAsync(request, ct);
            var answer = Messages(response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(ct));
            Remember(message, response, answer);
            foreach (var text in answer)
            {
                await WriteAsync(text);
            }

            if (answer.Count == 0 && message.ContainsKey("id"))
            {
                await errors.WriteLineAsync($"{http.BaseAddress}: {(int)response.StatusCode}");
                await WriteErrorAsync(message["id"], Unreachable, $"The server answered with {(int)response.StatusCode} and no message. Is AGENTAUTH_URL the address of an AuthServer?");
            }
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            await errors.WriteLineAsync($"{http.BaseAddress}: {e.Message}");
            if (message.ContainsKey("id"))
            {
                await WriteErrorAsync(message["id"], Unreachable, "The server cannot be reached. Try again later.");
            }
        }
    }

    private HttpRequestMessage Describe(JsonObject message)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "mcp")
        {
            Content = new StringContent(message.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json),
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Application.Json));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Text.EventStream));
        if (Text(message["params"]?["_meta"], VersionMember) is { } version)
        {
            Add(request, McpGate.VersionHeader, version);
            Add(request, McpGate.MethodHeader, Text(message, "method"));
            Add(request, McpGate.NameHeader, Text(message["params"], "name"));
        }
        else
        {
            Add(request, McpGate.VersionHeader, _version);
            Add(request, McpGate.SessionHeader, _session);
        }

        return request;
    }

    /// <summary>The key stays with this process and the server that it is for: no model gets to see it.</summary>
    private void AddKey(JsonObject message)
    {
        if (apiKey is not null && Text(message, "method") == "tools/call" && message["params"] is JsonObject parameters && Text(parameters, "name") == "authenticate"
            && (parameters["arguments"] ??= new JsonObject()) is JsonObject arguments && arguments["api_key"] is null)
        {
            arguments["api_key"] = apiKey;
        }
    }

    /// <summary>From then on the version is the one that the server chose, which need not be the one that was asked for.</summary>
    private void Remember(JsonObject message, HttpResponseMessage response, List<string> answer)
    {
        if (Text(message, "method") == "initialize" && response.Headers.TryGetValues(McpGate.SessionHeader, out var session))
        {
            (_session, _version) = (session.First(), answer.Select(text => Text(Parse(text)?["result"], "protocolVersion")).FirstOrDefault(version => version is not null));
        }
    }

    /// <summary>The messages of a body: the events of a stream, or a JSON object that is one.</summary>
    private static List<string> Messages(string? type, string body) => type == MediaTypeNames.Text.EventStream
        ? [.. body.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => line[6..].TrimEnd('\r')).Where(line => line.Length > 0)]
        : type == MediaTypeNames.Application.Json && Parse(body) is { } message && message.ContainsKey("jsonrpc") ? [message.ToJsonString()] : [];

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, null, new JsonDocumentOptions { AllowDuplicateProperties = false }) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonNode? json, string name) => json is JsonObject members && members[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static void Add(HttpRequestMessage request, string name, string? value)
    {
        if (value is not null)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private Task WriteErrorAsync(JsonNode? id, int code, string message) => WriteAsync(
        new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id?.DeepClone(), ["error"] = new JsonObject { ["code"] = code, ["message"] = message } }.ToJsonString());

    private async Task WriteAsync(string message)
    {
        await output.WriteAsync(message + "\n");
        await output.FlushAsync(CancellationToken.None);
    }
}
