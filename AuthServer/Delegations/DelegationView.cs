using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuthServer.Delegations;

/// <summary>Whether a hop gives anything now, and if not, why.</summary>
public enum HopState
{
    Live,
    Revoked,
    Expired,

    /// <summary>Who gave it or who received it is suspended, by itself or with its organization, or revoked.</summary>
    AgentInactive,

    /// <summary>The person took their consent back, or it ended.</summary>
    ConsentEnded,

    /// <summary>A hop above it is dead.</summary>
    CutAbove,
}

/// <summary>An agent as those see it who are shown a delegation of it.</summary>
/// <param name="Name">Null: it is another organization's, or gone.</param>
public sealed record SeenAgent(string Id, string? Name, string? OrganizationId, string? Organization, bool IsActive);

/// <summary>One hop and whether it is alive.</summary>
/// <param name="IsOpen">Whether its reader may look at it by itself; else it only leads to one.</param>
public sealed record DelegationView(Delegation Row, SeenAgent Delegator, SeenAgent Delegate, HopState State, bool IsOpen)
{
    public bool IsLive => State == HopState.Live;
}

/// <summary>Delegations as the forest that they are.</summary>
/// <param name="Hops">The newest tree first; in each tree what is below a hop right after it.</param>
/// <param name="IsCut">There are more than these.</param>
public sealed record DelegationGraph(IReadOnlyList<DelegationView> Hops, bool IsCut);

/// <summary>An agent that can act for a person now.</summary>
/// <param name="Chain">The hops by which it can, first one first; none: the person allowed it directly.</param>
/// <param name="Scopes">What the consent and all hops have in common.</param>
/// <param name="ConsentId">The newest consent that it hangs on: taking that back ends it.</param>
/// <param name="ExpiresAt">Null: no end is set beside that of its tokens.</param>
public sealed record PersonalActor(
    string AgentId, string Name, string Organization, IReadOnlyList<PersonalActorHop> Chain, IReadOnlyList<string> Scopes, string ConsentId, DateTimeOffset? ExpiresAt)
{
    [JsonIgnore]
    public bool IsDirect => Chain.Count == 0;
}

public sealed record PersonalActorHop(
    string DelegationId, string DelegatorAgentId, string DelegatorName, string DelegateAgentId, string DelegateName, IReadOnlyList<string> Scopes,
    JsonElement Constraints, DateTimeOffset? ExpiresAt);
