using AuthServer.Agents.Credentials;
using AuthServer.Http.Api;

namespace AuthServer.Mcp.Tools;

internal sealed class RotateCredentialTool(ManagedKeys credentials) : McpTool<CredentialArguments, RotatedCredentialResult>(
    new(
        "rotate_credential",
        "Replace an API key",
        "Revoke an API key and issue a replacement that may do the same, in one atomic operation. raw_key is returned once: save it immediately. The old key and every token that it gave are dead at once."),
    ToolKind.Replaces,
    "credentials.write")
{
    protected override async Task<Answer<RotatedCredentialResult>> RunAsync(ToolCall call, CredentialArguments arguments, CancellationToken ct) =>
        (await credentials.RotateAsync(call.Http, call.Party, arguments.CredentialId, ct)).Failed(out var problem, out var rotated)
            ? problem
            : new RotatedCredentialResult(rotated.NewCredential, rotated.RawKey, rotated.OldCredential.Id);
}
