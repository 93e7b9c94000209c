using AuthServer.Delegations;

namespace AuthServer.Pages.Delegations;

/// <summary>A hop and what hangs below it.</summary>
public sealed record DelegationBranch(DelegationView Hop, IReadOnlyList<DelegationBranch> Below)
{
    /// <summary>The trees of a graph, in its order.</summary>
    public static IReadOnlyList<DelegationBranch> Of(IReadOnlyList<DelegationView> hops)
    {
        var known = hops.Select(hop => hop.Row.Id).ToHashSet(StringComparer.Ordinal);
        var below = hops.ToLookup(hop => hop.Row.ParentId is { } parent && known.Contains(parent) ? parent : "", StringComparer.Ordinal);
        IReadOnlyList<DelegationBranch> Under(string id) => [.. below[id].Select(hop => new DelegationBranch(hop, Under(hop.Row.Id)))];
        return Under("");
    }
}
