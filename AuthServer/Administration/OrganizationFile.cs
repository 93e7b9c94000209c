using AuthServer.Agents;
using AuthServer.Organizations;

namespace AuthServer.Administration;

/// <summary>An organization in a list.</summary>
/// <param name="Agents">Those that may act.</param>
/// <param name="IsUnclaimed">An agent registered itself, and nobody has claimed it yet.</param>
public sealed record OrganizationLine(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? SuspendedAt, int Members, int Agents, bool IsUnclaimed)
{
    public OrganizationState State =>
        Members == 0 && !IsUnclaimed ? OrganizationState.Closed
        : SuspendedAt is not null ? OrganizationState.Suspended
        : IsUnclaimed && Members == 0 ? OrganizationState.Unclaimed
        : OrganizationState.Active;
}

public enum OrganizationState
{
    Active,
    Suspended,

    /// <summary>It was made for an agent that registered itself.</summary>
    Unclaimed,

    /// <summary>For good; its row stays because the trail names it.</summary>
    Closed,
}

/// <summary>All that an administrator sees of an organization.</summary>
/// <param name="Members">The first of them.</param>
/// <param name="Agents">The newest of them.</param>
/// <param name="RetentionDays">Null: as long as the installation keeps its own trail.</param>
public sealed record OrganizationFile(
    OrganizationLine Line, IReadOnlyList<OrganizationPerson> Members, IReadOnlyList<OrganizationAgent> Agents, OrganizationCounts Counts, int? RetentionDays);

public sealed record OrganizationPerson(string UserId, string? Name, string? Email, Role Role, DateTimeOffset JoinedAt);

public sealed record OrganizationAgent(string Id, string Name, AgentType Type, AgentStatus Status, DateTimeOffset CreatedAt);

/// <param name="Agents">Whatever became of them.</param>
/// <param name="Keys">Developer keys that can be used.</param>
/// <param name="Certificates">The same.</param>
public sealed record OrganizationCounts(long Agents, long Connections, long Resources, long Webhooks, long Policies, long Keys, long Certificates)
{
    /// <summary>Those that are not removed.</summary>
    public long Applications { get; init; }

    /// <summary>Those that wait for an answer.</summary>
    public long Invitations { get; init; }
}
