using System.Text.Json;
using AuthServer.Http.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace AuthServer.Mcp;

/// <summary>Every tool there is, in the order of their usual use.</summary>
internal sealed partial class McpTools(IEnumerable<McpTool> tools, ILogger<McpTools> logger)
{
    private readonly Dictionary<string, McpTool> _byName = tools.ToDictionary(tool => tool.Name, StringComparer.Ordinal);

    private readonly Tool[] _described = [.. tools.Select(tool => tool.Described)];

    public McpTool? Find(string? name) => name is null ? null : _byName.GetValueOrDefault(name);

    /// <summary>The same for everybody, for as long as the server runs.</summary>
    public ListToolsResult List() => new() { Tools = _described, TimeToLive = TimeSpan.FromMinutes(5), CacheScope = CacheScope.Public };

    /// <exception cref="McpProtocolException">There is no such tool.</exception>
    public async Task<CallToolResult> CallAsync(HttpContext http, string name, IDictionary<string, JsonElement>? arguments, CancellationToken ct)
    {
        var tool = Find(name) ?? throw new McpProtocolException("There is no such tool.", McpErrorCode.InvalidParams);
        var caller = http.Features.Get<ToolCaller>() is { } admitted && admitted.Tool == tool.Name ? admitted.Party : null;
        if ((await RunAsync(tool, new ToolCall(http, tool.Scope is null ? null : caller), arguments, ct)).Failed(out var problem, out var result))
        {
            await http.TellRefusalAsync(caller, tool.Name, problem);
            return ToolErrors.Of(problem);
        }

        return result;
    }

    private async Task<Answer<CallToolResult>> RunAsync(McpTool tool, ToolCall call, IDictionary<string, JsonElement>? arguments, CancellationToken ct)
    {
        if (tool.Scope is not null && (call.Caller is null ? ToolErrors.NoCaller : call.Caller.Refusal) is { } refusal)
        {
            return refusal;
        }

        try
        {
            return await tool.CallAsync(call, arguments, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            // The last edge of a call: an outage or a bug. The model learns that, and the log the rest.
            Log.Failed(logger, e, tool.Name, call.Http.TraceIdentifier);
            return ToolErrors.Internal;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The tool {Tool} failed in the request {TraceId}.")]
        public static partial void Failed(ILogger logger, Exception exception, string tool, string traceId);
    }
}
