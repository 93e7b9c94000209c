using System.ComponentModel;
using AuthServer.Agents;

namespace AuthServer.Mcp.Tools;

/// <summary>An agent as tools show it; of one of another organization, what it is and not whose.</summary>
internal sealed record AgentResult(
    string Id,
    string ClientId,
    string Name,
    AgentType AgentType,
    TrustLevel TrustLevel,
    AgentStatus Status,
    string? Description,
    string? HomepageUrl,
    string? ParentAgentId,
    string? OrganizationId,
    IReadOnlyList<string>? AllowedScopes,
    [property: Description("No other agent made it.")] bool? IsRoot,
    bool IsActive,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt,
    DateTimeOffset? DeactivatedAt)
{
    public static AgentResult Of(AgentAnswer agent) => new(
        agent.Id, agent.ClientId, agent.Name, agent.Type, agent.TrustLevel, agent.Status, agent.Description, agent.HomepageUrl, agent.ParentAgentId,
        agent.OrganizationId, agent.AllowedScopes, agent.OrganizationId is null ? null : agent.ParentAgentId is null, agent.Status == AgentStatus.Active, agent.CreatedAt, agent.UpdatedAt,
        agent.DeactivatedAt);
}
