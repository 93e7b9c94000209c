using System.ComponentModel;
using System.Text.Json;
using AuthServer.Delegations;
using AuthServer.Http.Api;

namespace AuthServer.Mcp.Tools;

internal sealed class CreateDelegationTool(NewDelegations delegations) : McpTool<CreateDelegationTool.Arguments, DelegationItem>(
    new(
        "create_delegation",
        "Let another agent act",
        "Delegate a subset of one's own permissions to another agent, which can pass them on max_chain_depth times. It gets a token for them at the token endpoint by token exchange, or with grant_type agent_delegation and the delegation's id."),
    ToolKind.Makes,
    "delegations.write")
{
    protected override Task<Answer<DelegationItem>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct) => delegations.CreateAsync(
        call.Http,
        call.Party,
        new NewDelegation
        {
            DelegateAgentId = arguments.DelegateAgentId,
            DelegatorAgentId = arguments.DelegatorAgentId,
            DelegationId = arguments.DelegationId,
            Scopes = arguments.Scopes,
            MaxChainDepth = arguments.MaxChainDepth,
            ExpiresInHours = arguments.ExpiresInHours,
            Constraints = arguments.Constraints,
        },
        ct);

    internal sealed record Arguments
    {
        [Description("The agent that is to act, agt_… or the same as a UUID.")]
        public required string DelegateAgentId { get; init; }

        [Description("What it may do: a subset of what the delegating agent may.")]
        public required IReadOnlyList<string> Scopes { get; init; }

        [Description("How many times it can be passed on: 0 to 10.")]
        public int MaxChainDepth { get; init; } = 3;

        [Description("When it ends, in hours from now. Left out: with what it comes from.")]
        public int? ExpiresInHours { get; init; }

        [Description("Bounds beside the scopes: an array of objects such as {\"key\": \"amount\", \"max\": 100} or {\"key\": \"to\", \"one_of\": [\"a@example.com\"]}. What is passed on keeps or narrows them.")]
        public JsonElement? Constraints { get; init; }

        [Description("The received delegation to pass on, dlg_…. Left out: one's own rights, else the one that gives these scopes; needed where several agents gave them.")]
        public string? DelegationId { get; init; }

        [Description("Whose rights are passed on, where a person calls. An agent passes on its own.")]
        public string? DelegatorAgentId { get; init; }
    }
}
