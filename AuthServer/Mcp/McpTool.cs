using System.Text.Json;
using AuthServer.Http.Api;
using ModelContextProtocol.Protocol;

namespace AuthServer.Mcp;

/// <summary>A tool: what it is called and takes, who may call it, and what it does.</summary>
/// <param name="described">As clients are told of it.</param>
/// <param name="scope">What the caller's credential must hold; null: the tool asks nobody who they are, or takes what it is given as proof.</param>
internal abstract class McpTool(Tool described, string? scope)
{
    public Tool Described => described;

    public string Name => described.Name;

    public string? Scope => scope;

    public bool ReadsOnly => described.Annotations?.ReadOnlyHint == true;

    public abstract Task<Answer<CallToolResult>> CallAsync(ToolCall call, IDictionary<string, JsonElement>? arguments, CancellationToken ct);
}

/// <summary>A tool with typed arguments and a typed result, from which its schemas are made.</summary>
internal abstract class McpTool<TArguments, TResult>(ToolText text, ToolKind kind, string? scope) : McpTool(
    new Tool
    {
        Name = text.Name,
        Title = text.Title,
        Description = text.Description,
        InputSchema = ToolSchemas.OfArguments(typeof(TArguments), takesToken: scope is not null),
        OutputSchema = ToolSchemas.OfResult(typeof(TResult)),
        Annotations = kind.Annotate(text.Title),
    },
    scope)
    where TArguments : class
    where TResult : class
{
    protected abstract Task<Answer<TResult>> RunAsync(ToolCall call, TArguments arguments, CancellationToken ct);

    /// <summary>What stands alone in the first text block, for programs that read nothing else; null: nothing does.</summary>
    protected virtual string? Bare(TResult result) => null;

    public sealed override async Task<Answer<CallToolResult>> CallAsync(ToolCall call, IDictionary<string, JsonElement>? arguments, CancellationToken ct) =>
        Read(arguments).Failed(out var problem, out var read) || (await RunAsync(call, read, ct)).Failed(out problem, out var value)
            ? problem
            : Write(value);

    private static Answer<TArguments> Read(IDictionary<string, JsonElement>? arguments)
    {
        try
        {
            return JsonSerializer.SerializeToElement(arguments ?? new Dictionary<string, JsonElement>()).Deserialize<TArguments>(McpJson.Arguments)!;
        }
        catch (JsonException e)
        {
            return ToolErrors.Describe(e);
        }
    }

    private CallToolResult Write(TResult value)
    {
        var json = JsonSerializer.SerializeToElement(value, McpJson.Results);
        ContentBlock whole = new TextContentBlock { Text = json.GetRawText() };
        return new CallToolResult
        {
            StructuredContent = json,
            Content = Bare(value) is { } bare ? [new TextContentBlock { Text = bare }, whole] : [whole],
        };
    }
}
