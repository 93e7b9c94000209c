using System.Text.Json;

namespace AuthServer.Agents;

/// <summary>What a new agent is to be. With <see cref="Jwks"/> or <see cref="PublicKey"/> it proves itself by its keys and gets no secret.</summary>
public sealed class NewAgent : AgentChange
{
    /// <summary>Left out: root, or delegated where there is a parent.</summary>
    public TrustLevel? TrustLevel { get; set; }

    /// <summary>The agent that made it, <c>agt_…</c>, of the same organization; an agent that calls may leave itself out.</summary>
    public string? ParentAgentId { get; set; }

    /// <summary>How many generations of agents it may make below itself: 0 to 10, and never more than are left to its parent. Left out: 3, or what is left.</summary>
    public int? MaxChildDepth { get; set; }

    /// <summary>RFC 7517: its public keys.</summary>
    public JsonElement? Jwks { get; set; }

    /// <summary>Its one public key as PEM.</summary>
    public string? PublicKey { get; set; }
}
