using AuthServer.Protocol.Clients;

namespace AuthServer.Protocol.State;

/// <summary>Whether agents may act, where it matters to the moment: when they get tokens for themselves, which only the trail keeps.</summary>
public interface IActiveAgents
{
    /// <summary>Puts the issuance on disk while the agent may act. False: it was suspended or revoked meanwhile, and nothing was stored; whoever
    /// suspends it later ends this token too.</summary>
    Task<bool> TryIssueAsync(AgentIdentity agent, Issuance issuance, CancellationToken ct);

    /// <summary>The same with a family that hangs on the agent's own key: false also when the key was revoked meanwhile.</summary>
    Task<bool> TryOpenAsync(TokenFamily family, Issuance issuance, CancellationToken ct);
}
