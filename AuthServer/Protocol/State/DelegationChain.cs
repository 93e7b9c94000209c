using AuthServer.Protocol.Tokens;

namespace AuthServer.Protocol.State;

/// <summary>Who let whom act, from the first hop to the one that counts.</summary>
/// <param name="Hops">Root first, at least one.</param>
public sealed record DelegationChain(IReadOnlyList<DelegationHop> Hops)
{
    /// <summary>Hops that a chain may have, whatever its delegations allow.</summary>
    public const int MostHops = 11;

    /// <summary>Hops that may follow where nobody says how many.</summary>
    public const int DefaultHops = 3;

    public DelegationHop Root => Hops[0];

    public DelegationHop Leaf => Hops[^1];

    /// <summary>What all hops have in common: a hop is never wider than one before it.</summary>
    public IReadOnlyList<string> Scopes =>
        Hops.Skip(1).Aggregate(Root.Scopes, static (held, hop) => ScopeWildcards.Intersect(held, hop.Scopes));

    /// <summary>The first end of any hop; null: none ends by itself.</summary>
    public DateTimeOffset? ExpiresAt => Hops.Min(hop => hop.ExpiresAt);

    /// <summary>Everybody who acts or acted in it, the principal left out where it is a person.</summary>
    public IEnumerable<string> Agents => [Root.DelegatorId, .. Hops.Select(hop => hop.DelegateId)];

    /// <summary>Why it gives nothing, in one word for the trail; null: it is live.</summary>
    public string? Fault(DateTimeOffset now) =>
        Hops.Any(hop => hop.RevokedAt is not null) ? "delegation_revoked"
        : Hops.SkipLast(1).Any(hop => hop.ExpiresAt <= now) ? "delegation_parent_expired"
        : Leaf.ExpiresAt <= now ? "delegation_expired"
        : null;
}

/// <param name="Id"><c>dlg_…</c></param>
/// <param name="PrincipalId">In whose name the chain acts.</param>
/// <param name="Constraints">A JSON array.</param>
public sealed record DelegationHop(
    string Id,
    string? ParentId,
    string DelegatorId,
    string DelegateId,
    string PrincipalId,
    IReadOnlyList<string> Scopes,
    string Constraints,
    int ChainDepth,
    int MaxAbsoluteChainDepth,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt);
