using System.ComponentModel;
using System.Text.Json;
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
    [property: Description("Its registered key as PEM.")] string? PublicKey,
    string? ParentAgentId,
    [property: Description("How many generations of agents may follow below it.")] int? MaxChildDepth,
    string? OrganizationId,
    IReadOnlyList<string>? AllowedScopes,
    JsonElement? Metadata,
    [property: Description("No other agent made it.")] bool? IsRoot,
    bool IsActive,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? UpdatedAt,
    DateTimeOffset? DeactivatedAt)
{
    public static AgentResult Of(AgentAnswer agent) => new(
        agent.Id, agent.ClientId, agent.Name, agent.Type, agent.TrustLevel, agent.Status, agent.Description, agent.HomepageUrl,
        agent.PublicKey, agent.ParentAgentId, agent.MaxChildDepth, agent.OrganizationId, agent.AllowedScopes, agent.Metadata, agent.OrganizationId is null ? null : agent.ParentAgentId is null, agent.Status == AgentStatus.Active, agent.CreatedAt, agent.UpdatedAt,
        agent.DeactivatedAt);
}
