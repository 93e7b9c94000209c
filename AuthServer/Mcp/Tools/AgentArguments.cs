using System.ComponentModel;

namespace AuthServer.Mcp.Tools;

/// <summary>Which agent is meant.</summary>
internal sealed record AgentArguments
{
    [Description("The agent's id, agt_… or the same as a UUID.")]
    public required string AgentId { get; init; }
}
