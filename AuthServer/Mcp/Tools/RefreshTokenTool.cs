using System.ComponentModel;
using AuthServer.Http.Api;

namespace AuthServer.Mcp.Tools;

internal sealed class RefreshTokenTool(AgentTokenDoor door) : McpTool<RefreshTokenTool.Arguments, TokenResult>(
    new(
        "refresh_token",
        "Get the next tokens",
        "Exchange a refresh token for a new access and refresh token pair. Use it when refresh_before has come. A refresh token is good once: using it again ends all tokens that came from it."),
    ToolKind.Replaces,
    null)
{
    protected override Task<Answer<TokenResult>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct) =>
        door.RefreshAsync(call.Http, arguments.RefreshTokenValue, ct);

    /// <summary>Holds a secret, so it is no record, which would print it.</summary>
    internal sealed class Arguments
    {
        [Description("The refresh token of authenticate, quickstart or the last refresh_token.")]
        public required string RefreshTokenValue { get; init; }
    }
}
