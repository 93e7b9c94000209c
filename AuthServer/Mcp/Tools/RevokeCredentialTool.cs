using AuthServer.Agents.Credentials;
using AuthServer.Http.Api;

namespace AuthServer.Mcp.Tools;

internal sealed class RevokeCredentialTool(ManagedKeys credentials) : McpTool<CredentialArguments, CredentialItem>(
    new("revoke_credential", "End an API key", "Permanently revoke an API key and every token that it gave. Irreversible."), ToolKind.Ends, "credentials.delete")
{
    protected override Task<Answer<CredentialItem>> RunAsync(ToolCall call, CredentialArguments arguments, CancellationToken ct) =>
        credentials.RevokeAsync(call.Http, call.Party, arguments.CredentialId, ct);
}
