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
    private const string KindArgument = "token_kind";

    private static readonly Problem NoKind = Problem.Invalid($"arguments.{KindArgument}", "Give one word.");

    /// <exception cref="McpProtocolException">The caller has nothing to use here.</exception>
    public async Task<ListToolsResult> ListAsync(HttpContext http, string connectionId, CancellationToken ct)
    {
        var caller = CallerOf(http, "");
        return (await tools.ListAsync(http, caller, connectionId, ct)).Failed(out var problem, out var list)
            ? throw new McpProtocolException(problem.Detail, McpErrorCode.InvalidParams)
            : new ListToolsResult { Tools = [.. list.Data.Select(tool => Describe(tool, list))], TimeToLive = TimeSpan.Zero, CacheScope = CacheScope.Private };
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
        var kind = given[KindArgument] is JsonValue word && word.TryGetValue<string>(out said) ? said : null;
        if (kind is null && given[KindArgument] is not null)
        {
            // Not with the other token by mistake: it may act as somebody else.
            return NoKind;
        }

        given.Remove(AccountArgument);
        given.Remove(KindArgument);
        try
        {
            return (await tools.CallAsync(http, caller, connectionId, new ToolUse(account, kind), name, given, ct)).Failed(out var problem, out var answer) ? problem
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

    private static Tool Describe(ToolItem tool, ToolList list) => new()
    {
        Name = tool.Name,
        Title = tool.Title,
        Description = tool.Description,
        InputSchema = WithUse(tool.InputSchema, list),
        Annotations = new ToolAnnotations
        {
            Title = tool.Title,
            ReadOnlyHint = tool.Effect == ToolEffect.Read,
            DestructiveHint = tool.Effect == ToolEffect.Destructive,
            IdempotentHint = tool.Effect is ToolEffect.Read or ToolEffect.IdempotentWrite,
            OpenWorldHint = true,
        },
    };

    /// <summary>Where there are several accounts, the model has to say which; where they have two tokens, it can.</summary>
    private static JsonElement WithUse(JsonElement schema, ToolList list)
    {
        if (list.Accounts.Count < 2 && list.TokenKind is null)
        {
            return schema;
        }

        var copy = JsonObject.Create(schema)!;
        var properties = copy["properties"] as JsonObject ?? [];
        if (list.Accounts.Count > 1)
        {
            properties[AccountArgument] = Choice(
                list.Accounts.Select(account => account.Id),
                $"With whose account: {string.Join(", ", list.Accounts.Select(account => $"{account.Id} is {account.IdentifierType} {account.Identifier}"))}.");
            var required = copy["required"] as JsonArray ?? [];
            required.Add(AccountArgument);
            copy["required"] = required;
        }

        if (list.TokenKind is { } kind)
        {
            properties[KindArgument] = Choice([kind], $"Leave it out to act with the account's first token; {kind}: with its second.");
        }

        copy["properties"] = properties;
        return JsonSerializer.SerializeToElement(copy);
    }

    private static JsonObject Choice(IEnumerable<string> values, string description) => new()
    {
        ["type"] = "string",
        ["enum"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]),
        ["description"] = description,
    };

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
