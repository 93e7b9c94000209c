using System.ComponentModel;
using AuthServer.Agents.Credentials;
using AuthServer.Http.Api;

namespace AuthServer.Mcp.Tools;

internal sealed class CreateCredentialTool(ManagedKeys credentials) : McpTool<CreateCredentialTool.Arguments, CredentialResult>(
    new(
        "create_credential",
        "Make an API key",
        "Issue a new API key for an agent. raw_key is returned once: save it immediately. The key can do no more than the agent and the caller."),
    ToolKind.Makes,
    "credentials.write")
{
    protected override async Task<Answer<CredentialResult>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct) =>
        (await credentials.CreateAsync(call.Http, call.Party, new NewCredential { AgentId = arguments.AgentId, Scopes = arguments.Scopes }, ct)).Failed(out var problem, out var created)
            ? problem
            : new CredentialResult(created.Credential, created.RawKey);

    internal sealed record Arguments
    {
        [Description("The agent that the key is for, agt_… or the same as a UUID.")]
        public required string AgentId { get; init; }

        [Description("What the key may do. Left out: all that its agent, and the caller, may.")]
        public IReadOnlyList<string>? Scopes { get; init; }
    }
}
