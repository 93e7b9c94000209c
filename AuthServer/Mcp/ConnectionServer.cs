using System.Text.Json;
using System.Text.Json.Nodes;
using AuthServer.Http;
using AuthServer.Http.Api;
using AuthServer.Vault.Providers;
using AuthServer.Vault.Proxy;
using AuthServer.Vault.Tools;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AuthServer.Mcp;

/// <summary>The tools of one connection as an MCP server: what its caller can do at the provider, and nothing else.</summary>
internal sealed partial class ConnectionServer(ConnectionTools tools, ILogger<ConnectionServer> logger)
{
    public const string Instructions =
        "These tools act at a provider with an account that somebody connected; its credentials stay with AuthServer. What is listed is what you may do. Answers are the provider's own.";

    private const string AccountArgument = "account_id";

    /// <exception cref="McpProtocolException">The caller has nothing to use here.</exception>
    public async Task<ListToolsResult> ListAsync(HttpContext http, string connectionId, CancellationToken ct)
    {
        var caller = CallerOf(http, "");
        return (await tools.ListAsync(http, caller, connectionId, ct)).Failed(out var problem, out var list)
            ? throw new McpProtocolException(problem.Detail, McpErrorCode.InvalidParams)
            : new ListToolsResult { Tools = [.. list.Data.Select(tool => Describe(tool, list.Accounts))], TimeToLive = TimeSpan.Zero, CacheScope = CacheScope.Private };
    }

    public async Task<CallToolResult> CallAsync(HttpContext http, string connectionId, string name, IDictionary<string, JsonElement>? arguments, CancellationToken ct)
    {
        var caller = CallerOf(http, name);
        if ((await RunAsync(http, caller, connectionId, name, arguments, ct)).Failed(out var problem, out var answer))
        {
            await http.TellRefusalAsync(caller, name, problem);
            if (problem.RetryAfter is { } wait)
            {
                TooManyRequests.SetRetryAfter(http.Response, wait);
            }

            return ToolErrors.Of(problem);
        }

        return answer;
    }

    private static ActingParty CallerOf(HttpContext http, string tool) =>
        http.Features.Get<ToolCaller>() is { } admitted && admitted.Tool == tool ? admitted.Party : throw new McpProtocolException("Nobody called.", McpErrorCode.InvalidRequest);

    private async Task<Answer<CallToolResult>> RunAsync(
        HttpContext http, ActingParty caller, string connectionId, string name, IDictionary<string, JsonElement>? arguments, CancellationToken ct)
    {
        if (caller.Refusal is { } refusal)
        {
            return refusal;
        }

        var given = JsonSerializer.SerializeToNode(arguments ?? new Dictionary<string, JsonElement>())!.AsObject();
        var account = given[AccountArgument] is JsonValue value && value.TryGetValue<string>(out var said) ? said : null;
        given.Remove(AccountArgument);
        try
        {
            return (await tools.CallAsync(http, caller, connectionId, account, name, given, ct)).Failed(out var problem, out var answer) ? problem
                : answer.Refusal is { } refused ? refused
                : Write(answer);
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // The last edge of a call: an outage or a bug. The model learns that, and the log the rest.
            Log.Failed(logger, e, name, http.TraceIdentifier);
            return ToolErrors.Internal;
        }
    }

    private static Tool Describe(ToolItem tool, IReadOnlyList<ToolAccount> accounts) => new()
    {
        Name = tool.Name,
        Title = tool.Title,
        Description = tool.Description,
        InputSchema = accounts.Count > 1 ? WithAccount(tool.InputSchema, accounts) : tool.InputSchema,
        Annotations = new ToolAnnotations
        {
            Title = tool.Title,
            ReadOnlyHint = tool.Effect == ToolEffect.Read,
            DestructiveHint = tool.Effect == ToolEffect.Destructive,
            IdempotentHint = tool.Effect is ToolEffect.Read or ToolEffect.IdempotentWrite,
            OpenWorldHint = true,
        },
    };

    /// <summary>Where there are several accounts, the model has to say which.</summary>
    private static JsonElement WithAccount(JsonElement schema, IReadOnlyList<ToolAccount> accounts)
    {
        var copy = JsonObject.Create(schema)!;
        (copy["properties"] ??= new JsonObject())[AccountArgument] = new JsonObject
        {
            ["type"] = "string",
            ["enum"] = new JsonArray([.. accounts.Select(account => JsonValue.Create(account.Id))]),
            ["description"] = $"With whose account: {string.Join(", ", accounts.Select(account => $"{account.Id} is {account.IdentifierType} {account.Identifier}"))}.",
        };
        var required = copy["required"] as JsonArray ?? [];
        required.Add(AccountArgument);
        copy["required"] = required;
        return JsonSerializer.SerializeToElement(copy);
    }

    private static CallToolResult Write(CallAnswer answer)
    {
        var text = answer.Body?.GetRawText() ?? answer.Text ?? "";
        var failed = answer.Status >= StatusCodes.Status400BadRequest;
        return new CallToolResult
        {
            IsError = failed,
            StructuredContent = !failed && answer.Body is { ValueKind: JsonValueKind.Object } body ? body : null,
            Content = [new TextContentBlock { Text = failed ? $"The provider answered HTTP {answer.Status}. {text}" : text }],
        };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The tool {Tool} of a connection failed in the request {TraceId}.")]
        public static partial void Failed(ILogger logger, Exception exception, string tool, string traceId);
    }
}
