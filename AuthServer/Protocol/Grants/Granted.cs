using AuthServer.Protocol.Clients;
using AuthServer.Protocol.State;

namespace AuthServer.Protocol.Grants;

/// <summary>What a grant found the client entitled to, all checks done and nothing claimed yet.</summary>
public sealed record Granted
{
    /// <summary>The token's <c>sub</c>.</summary>
    public required string Subject { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Resources for this access token; empty: the issuer.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>The agent that acts: for itself where it is the subject, else for the subject. Null: no agent does.</summary>
    public AgentIdentity? Agent { get; init; }

    /// <summary>The organization in whose name the client calls, where neither an agent nor a person's consent says so.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>The person's authorization; null when the client acts for itself.</summary>
    public GrantedRights? Rights { get; init; }

    /// <summary>When what it comes from ends — a family, a key, a delegation, a subject token — which it never outlives. Null: nothing of that kind.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    /// <summary>API keys and certificates that it came by, beside its family: revoking one ends it.</summary>
    public IReadOnlyList<string> KeyIds { get; init; } = [];

    /// <summary>Who acted before <see cref="Agent"/>, latest first (RFC 8693 §4.1).</summary>
    public IReadOnlyList<string> PriorActors { get; init; } = [];

    /// <summary>The agent that may act with it later (RFC 8693 §4.4); null: it does not say.</summary>
    public string? MayAct { get; init; }

    /// <summary>The delegation by which the agent acts; null: it acts by its own right or by a person's consent.</summary>
    public DelegationChain? Delegation { get; init; }

    /// <summary>RFC 8693 §2.2.1: what kind of token this is, where that is to be said.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary>For the ID token.</summary>
    public string? Nonce { get; init; }

    /// <summary>The refresh token to answer with, and its record; null: none. A repeated answer has no new record.</summary>
    public string? RefreshToken { get; init; }

    public RefreshToken? RefreshTokenRecord { get; init; }

    /// <summary>Puts the issuance on disk and claims what can be used once, in one commit: true for exactly one caller.
    /// One who lost asks the grant again, which then sees what the winner left.</summary>
    public required Func<Issuance, CancellationToken, Task<bool>> ClaimAsync { get; init; }
}
