namespace AuthServer.Protocol.Delegation;

/// <summary>Why a chain is refused.</summary>
/// <param name="Hop">Which token: 0 is the root.</param>
/// <param name="Detail">One sentence for the developer, which repeats nothing of the tokens.</param>
internal sealed record ChainFault(ChainOutcome Outcome, int Hop, string Detail);
