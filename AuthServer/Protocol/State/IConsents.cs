namespace AuthServer.Protocol.State;

/// <summary>What people let agents do, as far as tokens need to know that are exchanged for people's own.</summary>
public interface IConsents
{
    /// <summary>What this person lets this agent do now and did not take back, newest first; a bounded number. What was for one time is not among it.</summary>
    /// <param name="clientId">The client whose token is exchanged: what the agent may do through a client, it may do through no other.</param>
    Task<IReadOnlyList<AgentConsent>> FindAsync(string personId, string agentId, string clientId, DateTimeOffset now, CancellationToken ct);

    /// <summary>Opens a family of the consent and stores the issuance, or does none of it. False: the consent, the agent, the person's session or the
    /// family that the exchanged token belongs to ended meanwhile.</summary>
    Task<bool> TryOpenAsync(TokenFamily family, Issuance issuance, CancellationToken ct);
}

/// <summary>One consent of a person to an agent.</summary>
/// <param name="Id"><c>con_…</c></param>
/// <param name="ApplicationId">The application that it was given to: the agent itself, or one that it acts through.</param>
/// <param name="Resources">The protected APIs that it is for; empty: this server's own.</param>
/// <param name="ExpiresAt">Null: until taken back.</param>
public sealed record AgentConsent(
    string Id, string ApplicationId, IReadOnlyList<string> Scopes, IReadOnlyList<string> Resources, DateTimeOffset? ExpiresAt);
