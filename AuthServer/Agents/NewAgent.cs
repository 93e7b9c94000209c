using System.Text.Json;

namespace AuthServer.Agents;

/// <summary>What a new agent is to be. With <see cref="Jwks"/> or <see cref="PublicKey"/> it proves itself by its keys and gets no secret.</summary>
public sealed class NewAgent : AgentChange
{
    /// <summary>Left out: root, or delegated where there is a parent.</summary>
    public TrustLevel? TrustLevel { get; set; }

    /// <summary>The agent that made it, <c>agt_…</c>, of the same organization.</summary>
    public string? ParentAgentId { get; set; }

    /// <summary>RFC 7517: its public keys.</summary>
    public JsonElement? Jwks { get; set; }

    /// <summary>Its one public key as PEM.</summary>
    public string? PublicKey { get; set; }
}
