using AuthServer.Http.DPoP;
using AuthServer.Jose;
using AuthServer.Policies;
using AuthServer.Policies.Engine;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints.Rest;

/// <summary>The answer to "may it?". Whoever merely holds the token learns the first four members, and what it is bound to; a resource server that it concerns learns all.</summary>
public sealed record VerifiedToken
{
    public required bool Allowed { get; init; }

    /// <summary>One stable word.</summary>
    public required string ReasonCode { get; init; }

    /// <summary>The person who is acted for; absent: the agent acts for itself.</summary>
    public string? UserId { get; init; }

    public required IReadOnlyList<string> GrantedScopes { get; init; }

    /// <summary><c>DPoP</c> where the token is bound to a key; absent: whoever has it may use it.</summary>
    public string? TokenType { get; init; }

    /// <summary>The key that it is bound to. Where the question came without a proof, the token is worth nothing until one has been checked.</summary>
    public Confirmation? Cnf { get; init; }

    /// <summary>One sentence.</summary>
    public string? Reason { get; init; }

    public string? AgentId { get; init; }

    public string? ClientId { get; init; }

    public string? OrganizationId { get; init; }

    public IReadOnlyList<string>? MissingScopes { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The policy that decided; absent: none had a say.</summary>
    public string? PolicyId { get; init; }

    public string? PolicyName { get; init; }

    /// <summary>What is left of the tightest limit that applies.</summary>
    public RateLeft? Rate { get; init; }

    /// <summary>What is left of each limit that a delegation sets; absent: there is none.</summary>
    public IReadOnlyList<LimitLeft>? Limits { get; init; }

    /// <summary>What a person has to answer first, and where they do; absent: nothing.</summary>
    public string? ApprovalId { get; init; }

    /// <inheritdoc cref="ApprovalId"/>
    public string? ApprovalUrl { get; init; }

    /// <summary>Until when the question, or the answer, stands.</summary>
    public DateTimeOffset? ApprovalExpiresAt { get; init; }

    /// <summary>The decision's event in the trail.</summary>
    public string? DecisionId { get; init; }

    /// <param name="reason">Null for whoever merely holds the token.</param>
    public static VerifiedToken Refused(string code, string? reason) => new() { Allowed = false, ReasonCode = code, GrantedScopes = [], Reason = reason };

    /// <param name="whole">Whether the caller may know all of it.</param>
    public static VerifiedToken Of(JwtClaims claims, PolicyInput input, Verdict verdict, bool whole)
    {
        var brief = new VerifiedToken { Allowed = verdict.Allowed, ReasonCode = verdict.ReasonCode, UserId = input.UserId, GrantedScopes = input.Granted }.BoundTo(PresentedTokens.KeyOf(claims));
        return !whole ? brief : brief with
        {
            Reason = verdict.Reason,
            AgentId = input.AgentId,
            ClientId = input.ClientId,
            OrganizationId = input.OrganizationId.Length > 0 ? input.OrganizationId : null,
            MissingScopes = [.. input.Required.Where(scope => !input.Granted.Contains(scope))],
            ExpiresAt = claims.Time("exp"),
            PolicyId = verdict.PolicyId,
            PolicyName = verdict.PolicyName,
            Rate = verdict.Rate,
            Limits = verdict.Left.Count > 0 ? verdict.Left : null,
            ApprovalId = verdict.Approval?.Id,
            ApprovalUrl = verdict.Approval?.Url,
            ApprovalExpiresAt = verdict.Approval?.ExpiresAt,
            DecisionId = verdict.DecisionId,
        };
    }

    private VerifiedToken BoundTo(string? key) => key is null ? this : this with { TokenType = DPoPProof.Scheme, Cnf = new(key) };
}

/// <summary>RFC 7800 §3.</summary>
/// <param name="Jkt">The SHA-256 thumbprint of the key (RFC 9449 §6.1).</param>
public sealed record Confirmation(string Jkt);
