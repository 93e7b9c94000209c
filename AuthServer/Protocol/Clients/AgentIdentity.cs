namespace AuthServer.Protocol.Clients;

/// <summary>The agent that a client is, as tokens name it.</summary>
/// <param name="Id"><c>agt_…</c></param>
/// <param name="Type">orchestrator, autonomous, assistant or tool.</param>
/// <param name="TrustLevel">root, delegated or ephemeral.</param>
/// <param name="OrganizationId"><c>acct_…</c></param>
/// <param name="ParentId">The agent that made it; null: no other one did.</param>
public sealed record AgentIdentity(string Id, string Type, string TrustLevel, string OrganizationId, string? ParentId = null);
