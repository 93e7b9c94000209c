using System.Text.Json;
using AuthServer.Http;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;

namespace AuthServer.Mcp;

/// <summary>What the gate answers itself, in place of the server behind it.</summary>
internal static class McpAnswers
{
    public const int InvalidRequest = -32600;
    public const int HeaderMismatch = -32020;
    public const int NoSession = -32001;
    public const int Refused = -32000;

    /// <summary>A JSON-RPC error.</summary>
    public static Task WriteErrorAsync(HttpContext http, int status, string? id, int code, string message) =>
        OAuthResponse.WriteAsync(http, status, (id, code, message), static (json, said) =>
        {
            Begin(json, said.id);
            json.WriteStartObject("error"u8);
            json.WriteNumber("code"u8, said.code);
            json.WriteString("message"u8, said.message);
            json.WriteEndObject();
            json.WriteEndObject();
        });

    /// <summary>A problem: to who called a tool as the error result of a tool, so that a host which only hands on what it reads hands on something
    /// that a model can act on; to others as a JSON-RPC error.</summary>
    public static Task WriteProblemAsync(HttpContext http, McpMessage? message, Problem problem) => message?.Tool is null
        ? WriteErrorAsync(http, problem.Status, message?.Id, Refused, problem.Detail)
        : OAuthResponse.WriteAsync(http, problem.Status, (message.Id, ToolErrors.TextOf(problem)), static (json, said) =>
        {
            Begin(json, said.Id);
            json.WriteStartObject("result"u8);
            json.WriteString("resultType"u8, "complete"u8);
            json.WriteBoolean("isError"u8, true);
            json.WriteStartArray("content"u8);
            json.WriteStartObject();
            json.WriteString("type"u8, "text"u8);
            json.WriteString("text"u8, said.Item2);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        });

    private static void Begin(Utf8JsonWriter json, string? id)
    {
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        json.WriteRawValue(id ?? "null");
    }
}
