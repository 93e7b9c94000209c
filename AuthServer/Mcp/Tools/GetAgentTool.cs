using AuthServer.Agents;
using AuthServer.Http.Api;

namespace AuthServer.Mcp.Tools;

internal sealed class GetAgentTool(RegisteredAgents agents) : McpTool<AgentArguments, AgentResult>(
    new("get_agent", "Show an agent", "Get full details of one agent that the caller knows."), ToolKind.Reads, "agents.read")
{
    protected override async Task<Answer<AgentResult>> RunAsync(ToolCall call, AgentArguments arguments, CancellationToken ct) =>
        (await agents.FindAsync(call.Party, arguments.AgentId, ct)).Failed(out var problem, out var agent) ? problem : AgentResult.Of(agent);
}
