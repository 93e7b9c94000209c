using System.Text.Json;
using AuthServer.Agents.Credentials;

namespace AuthServer.Agents.Claims;

/// <summary>What an agent says that registers itself.</summary>
public sealed class NewUnclaimedAgent
{
    public string? Name { get; set; }

    public AgentType? AgentType { get; set; }

    public string? Description { get; set; }

    /// <summary>RFC 7517: its public keys, of which delegated tokens are bound to the first for ES256.</summary>
    public JsonElement? Jwks { get; set; }

    /// <summary>Its one public key as PEM.</summary>
    public string? PublicKey { get; set; }

    /// <summary>Where agents register by invitation.</summary>
    public string? Invitation { get; set; }
}

/// <summary>An agent that has just registered itself, with the secrets that are shown this once. No record: it must never be printed.</summary>
public sealed class UnclaimedAgent(AgentAnswer agent, ApiKey key, string secret, AgentClaim claim, string claimToken)
{
    public AgentAnswer Agent { get; } = agent;

    public ApiKey Key { get; } = key;

    /// <summary><c>ak_live_…</c></summary>
    public string Secret { get; } = secret;

    public AgentClaim Claim { get; } = claim;

    /// <summary>The path and query where a person claims it.</summary>
    public string ClaimPath => $"/claim?claim={claimToken}";

    /// <summary>What the page shows too.</summary>
    public string Code => AgentClaim.CodeOf(claimToken);
}
