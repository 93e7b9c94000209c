using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuthServer.Endpoints.Rest;

/// <summary>A consent's code for tokens.</summary>
public sealed class ExchangeBody : AgentProof
{
    public string? Code { get; set; }

    /// <summary>Needed where the consent was filed with a code challenge.</summary>
    public string? CodeVerifier { get; set; }

    /// <summary>Optional; if given, it must be the one that the code was sent to.</summary>
    public string? RedirectUri { get; set; }
}

public sealed class RefreshBody : AgentProof
{
    public string? RefreshToken { get; set; }

    /// <summary>Fewer than were granted; without it, all.</summary>
    public List<string>? Scopes { get; set; }
}

public sealed class RevokeBody
{
    /// <summary>An access token or a refresh token.</summary>
    public string? Token { get; set; }
}

public sealed class VerifyBody
{
    public string? Token { get; set; }

    /// <summary>What the caller is about to do; without it, only whether the token is good.</summary>
    public List<string>? RequiredScopes { get; set; }

    /// <summary>What it is about to be done to, in the caller's own words.</summary>
    public string? Resource { get; set; }

    /// <summary>The caller's own name for this action: repeated, it counts once against limits.</summary>
    public string? ActionId { get; set; }

    public VerifyContext? Context { get; set; }

    /// <summary>The proof that came with a token bound to a key; without it, a resource server checks the proof itself, by the answer's cnf.</summary>
    public VerifyProof? Dpop { get; set; }
}

/// <summary>A DPoP proof as the resource server received it, and the request that it came with.</summary>
public sealed class VerifyProof
{
    /// <summary>The DPoP header.</summary>
    public string? Proof { get; set; }

    /// <summary>The request's method.</summary>
    public string? Htm { get; set; }

    /// <summary>The request's address, as clients know it. Its query does not count.</summary>
    public string? Htu { get; set; }

    /// <summary>The nonce that the resource server asked for, where it did.</summary>
    public string? Nonce { get; set; }
}

/// <summary>What the caller knows about the action.</summary>
public sealed class VerifyContext
{
    /// <summary>The agent's address, believed only from an authenticated resource server.</summary>
    public string? Ip { get; set; }

    /// <summary>What the action costs, for budgets.</summary>
    public decimal? Amount { get; set; }

    /// <summary>ISO 4217.</summary>
    public string? Currency { get; set; }

    /// <summary>Whatever else: it decides nothing, and goes to the trail with what looks like a secret hidden, where a resource server tells it.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>The tokens that an agent gets. Never printed.</summary>
public sealed class TokensBody
{
    public required string AccessToken { get; init; }

    public string? RefreshToken { get; init; }

    /// <summary><c>Bearer</c>, or <c>DPoP</c> where it is bound to a key.</summary>
    public required string TokenType { get; init; }

    /// <summary>Seconds.</summary>
    public required long ExpiresIn { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required IReadOnlyList<string> GrantedScopes { get; init; }

    public string? UserId { get; init; }

    public string? AgentId { get; init; }
}

/// <summary>What became of a revocation: unknown, foreign and dead tokens are answered alike (RFC 7009 §2.2).</summary>
public sealed record RevokedBody(bool Revoked);
