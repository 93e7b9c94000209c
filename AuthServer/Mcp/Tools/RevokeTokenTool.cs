using System.ComponentModel;
using AuthServer.Endpoints.Rest;
using AuthServer.Http.Api;

namespace AuthServer.Mcp.Tools;

internal sealed class RevokeTokenTool(AgentTokens tokens) : McpTool<RevokeTokenTool.Arguments, RevokeTokenTool.Result>(
    new(
        "revoke_token",
        "End a token",
        "Revoke an access or refresh token immediately (RFC 7009), with every token that came from the same authentication. Whoever holds a token may. Revoking it again succeeds too."),
    ToolKind.Ends,
    null)
{
    protected override async Task<Answer<Result>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct) =>
        (await tokens.RevokeAsync(call.Http, new RevokeBody { Token = arguments.Token }, ct)).Failed(out var problem, out var revoked) ? problem : new Result(revoked.Revoked);

    /// <summary>Holds a secret, so it is no record, which would print it.</summary>
    internal sealed class Arguments
    {
        [Description("The token to end.")]
        public required string Token { get; init; }
    }

    internal sealed record Result([property: Description("True as well where there was nothing to end.")] bool Revoked);
}
