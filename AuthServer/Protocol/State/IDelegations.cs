namespace AuthServer.Protocol.State;

/// <summary>What agents let other agents do, as far as tokens need to know.</summary>
public interface IDelegations
{
    /// <summary>The chain that ends with this delegation, dead hops included; null: there is none.</summary>
    Task<DelegationChain?> FindAsync(string id, CancellationToken ct);

    /// <summary>Delegations from one agent to another, those that live first, then newest first; a bounded number of them.</summary>
    /// <param name="parentId">The hop before them; null: those that begin a chain.</param>
    Task<IReadOnlyList<DelegationHop>> BetweenAsync(
        string delegatorId, string delegateId, string principalId, string? parentId, DateTimeOffset now, CancellationToken ct);

    /// <summary>Puts the issuance on disk while the whole chain lives and all its agents may act. False: something ended meanwhile.</summary>
    Task<bool> TryIssueAsync(DelegationChain chain, Issuance issuance, CancellationToken ct);
}
