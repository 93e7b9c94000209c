using AuthServer.Organizations;
using AuthServer.Scopes;

namespace AuthServer.Agents.Claims;

/// <summary>An agent that waits for a person to answer for it, as that person sees it. No record: whoever knows its code can pose as the agent.</summary>
public sealed class OpenClaim
{
    public required AgentClaim Claim { get; init; }

    public required Agent Agent { get; init; }

    public required string ClientId { get; init; }

    /// <summary>What the agent was told too.</summary>
    public required string Code { get; init; }

    public required IReadOnlyList<ScopeLine> Scopes { get; init; }

    /// <summary>How many agents it has made, which come with it.</summary>
    public required int Children { get; init; }
}

/// <summary>Where an agent can come to.</summary>
/// <param name="Organizations">The person's, where they may register agents.</param>
/// <param name="MayMakeOne">Whether it can be a new one.</param>
public sealed record ClaimTargets(IReadOnlyList<Organization> Organizations, bool MayMakeOne);

/// <summary>What a person answers.</summary>
/// <param name="OrganizationId">Null: a new one.</param>
/// <param name="OrganizationName">Of the new one.</param>
/// <param name="Name">What the agent is called from now on.</param>
public sealed record ClaimAnswer(string? OrganizationId, string? OrganizationName, string? Name);

/// <summary>An agent that has somebody now.</summary>
public sealed record ClaimedAgent(string Id, string Name, string Organization);
