namespace AuthServer.Protocol.Delegation;

/// <summary>What a verifier found. Without a proof of the holder and an action it says that a chain is sound, and permits nothing.</summary>
public sealed record ChainVerdict
{
    internal ChainVerdict(ChainFault fault) => (Outcome, Hop, Detail) = (fault.Outcome, fault.Hop, fault.Detail);

    internal ChainVerdict(IReadOnlyList<DelegationToken> hops, IReadOnlyList<string> notChecked) =>
        (Outcome, Hops, NotChecked) = (ChainOutcome.Ok, hops, notChecked);

    public ChainOutcome Outcome { get; }

    public bool IsOk => Outcome == ChainOutcome.Ok;

    /// <summary>The token that was refused, 0 for the root; null when none was.</summary>
    public int? Hop { get; }

    /// <summary>Why, in one sentence; null when the chain passed.</summary>
    public string? Detail { get; }

    /// <summary>Root first; empty unless the chain passed.</summary>
    public IReadOnlyList<DelegationToken> Hops { get; } = [];

    /// <summary>What was not asked; empty when the chain was refused.</summary>
    public IReadOnlyList<string> NotChecked { get; } = [];
}
