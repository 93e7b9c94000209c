using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AuthServer.Tests.Support;

/// <summary>Sends single messages to a server's MCP endpoint, of either era of the protocol.</summary>
public sealed record McpCalls(TestServer Server, string? Bearer = null, string Path = "/mcp")
{
    public const string Modern = "2026-07-28";
    public const string Legacy = "2025-11-25";

    public string Version { get; init; } = Modern;

    /// <summary>Headers that are sent beside, or in place of, the usual ones.</summary>
    public (string Name, string? Value)[] Headers { get; init; } = [];

    public Task<McpAnswer> CallAsync(string tool, object? arguments = null) => SendAsync("tools/call", Call(tool, arguments), tool);

    /// <summary>The structured result of a call that must go well.</summary>
    public async Task<JsonElement> ResultAsync(string tool, object? arguments = null) => (await CallAsync(tool, arguments)).Result;

    public Task<McpAnswer> SendAsync(string method, JsonObject? parameters = null, string? name = null)
    {
        parameters ??= [];
        if (Version != Legacy)
        {
            parameters["_meta"] = new JsonObject
            {
                ["io.modelcontextprotocol/protocolVersion"] = Version,
                ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
                ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "tests", ["version"] = "1" },
            };
        }

        var message = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 7, ["method"] = method, ["params"] = parameters };
        (string, string?)[] modern = Version != Legacy ? [("Mcp-Method", method), ("Mcp-Name", name)] : [];
        return SendRawAsync(message.ToJsonString(), [("MCP-Protocol-Version", Version), .. modern]);
    }

    public async Task<McpAnswer> SendRawAsync(string body, params (string Name, string? Value)[] headers)
    {
        using var http = Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        request.Headers.Authorization = Bearer is null ? null : new AuthenticationHeaderValue("Bearer", Bearer);
        foreach (var (name, value) in headers.Where(header => Headers.All(other => other.Name != header.Name)).Concat(Headers).Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await http.SendAsync(request);
        return new McpAnswer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    public static JsonObject Call(string tool, object? arguments = null) => new()
    {
        ["name"] = tool,
        ["arguments"] = arguments is null ? new JsonObject() : JsonSerializer.SerializeToNode(arguments),
    };

    public static JsonObject Hello(string version = Legacy) => new()
    {
        ["protocolVersion"] = version,
        ["capabilities"] = new JsonObject(),
        ["clientInfo"] = new JsonObject { ["name"] = "tests", ["version"] = "1" },
    };
}

/// <summary>What the MCP endpoint answered: one message, as JSON or as the only event of a stream.</summary>
public sealed record McpAnswer(HttpStatusCode Status, string Text, HttpResponseMessage Response)
{
    public JsonElement Message => JsonElement.Parse(
        Response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? Text.Split('\n').Single(line => line.StartsWith("data: ", StringComparison.Ordinal))[6..] : Text);

    public string Challenge => Response.Headers.WwwAuthenticate.ToString();

    public int ErrorCode => Message.GetProperty("error").GetProperty("code").GetInt32();

    /// <summary>The structured result; fails where it is an error.</summary>
    public JsonElement Result
    {
        get
        {
            Assert.True(Status == HttpStatusCode.OK, $"{(int)Status}: {Text}");
            Assert.True(Message.TryGetProperty("result", out var result) && !IsError(result), Text);
            return result.GetProperty("structuredContent");
        }
    }

    /// <summary>The text blocks of a tool's result.</summary>
    public string[] Blocks => [.. Message.GetProperty("result").GetProperty("content").EnumerateArray().Select(block => block.GetProperty("text").GetString()!)];

    /// <summary>The error that a tool gives its model.</summary>
    public JsonElement ToolError
    {
        get
        {
            Assert.True(Message.TryGetProperty("result", out var result) && IsError(result), Text);
            Assert.False(result.TryGetProperty("structuredContent", out _), Text);
            return JsonElement.Parse(Assert.Single(Blocks));
        }
    }

    /// <summary>An error result with this status and code.</summary>
    public McpAnswer Fails(int status, string code)
    {
        Assert.Equal((status, $"HTTP {status}", code), (ToolError.GetProperty("status_code").GetInt32(), ToolError.GetProperty("error").GetString(), ToolError.GetProperty("code").GetString()));
        Assert.True(ToolError.GetProperty("what_to_do").GetString()!.Length > 10);
        Assert.True(ToolError.GetProperty("detail").GetString()!.Length > 10);
        return this;
    }

    private static bool IsError(JsonElement result) => result.TryGetProperty("isError", out var error) && error.GetBoolean();
}
