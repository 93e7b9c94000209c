using System.ComponentModel;
using AuthServer.Agents;
using AuthServer.Http.Api;

namespace AuthServer.Mcp.Tools;

internal sealed class ListAgentsTool(RegisteredAgents agents) : McpTool<ListAgentsTool.Arguments, ListAgentsTool.Result>(
    new(
        "list_agents",
        "List agents",
        "List the agents that the caller knows, newest first: an agent sees itself, the agents it made, who made it, and whom it shares a delegation with; a person those of the organization."),
    ToolKind.Reads,
    "agents.read")
{
    private const int Most = 100;

    protected override async Task<Answer<Result>> RunAsync(ToolCall call, Arguments arguments, CancellationToken ct)
    {
        var faults = new Faults();
        faults.Add("limit", arguments.Limit is >= 1 and <= Most ? null : $"Give a number from 1 to {Most}.");
        faults.Add("offset", arguments.Offset >= 0 ? null : "Give a number, 0 or more.");
        if (faults.Problem is { } wrong)
        {
            return wrong;
        }

        var paging = new Paging(arguments.Limit, arguments.Offset, null, null);
        return (await agents.ListAsync(call.Party, new AgentFilter(null, null, null, null), paging, ct)).Failed(out var problem, out var page)
            ? problem
            : new Result([.. page.Data.Select(AgentResult.Of)], new Meta(page.Meta.Total ?? page.Data.Count, arguments.Limit, arguments.Offset));
    }

    internal sealed record Arguments
    {
        [Description("How many at most: 1 to 100.")]
        public int Limit { get; init; } = 50;

        [Description("How many to leave out at the beginning.")]
        public int Offset { get; init; }
    }

    internal sealed record Result(IReadOnlyList<AgentResult> Data, Meta Meta);

    internal sealed record Meta([property: Description("How many there are in all.")] long Total, int Limit, int Offset);
}
