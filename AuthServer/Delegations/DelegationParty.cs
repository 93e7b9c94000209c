using AuthServer.Http.Api;

namespace AuthServer.Delegations;

/// <summary>Who looks at delegations or cuts them: an agent that is part of them, a developer of such an agent's organization, or the person in whose name
/// they act. Exactly one of the first three is there.</summary>
/// <param name="UserId">The person; beside an organization: its developer, for the trail.</param>
public sealed record DelegationParty(string? AgentId, string? OrganizationId, string? PersonId, string? UserId = null, string? ClientId = null, string? KeyId = null)
{
    public static DelegationParty Person(string userId) => new(null, null, userId, userId);

    public static DelegationParty Member(string organizationId, string userId) => new(null, organizationId, null, userId);

    public static implicit operator DelegationParty(ActingParty caller) => Of(caller);

    public static DelegationParty Of(ActingParty caller) => caller.Agent is { } agent
        ? new DelegationParty(agent.Id, null, null, null, agent.Client.ClientId, caller.Known?.KeyId)
        : new DelegationParty(null, caller.OrganizationId, null, caller.Developer?.UserId, null, caller.Known?.KeyId);
}
