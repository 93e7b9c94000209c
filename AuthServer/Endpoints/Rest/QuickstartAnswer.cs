using System.Text.Json;
using System.Text.Json.Serialization;
using AuthServer.Agents;
using AuthServer.Protocol.Tokens;

namespace AuthServer.Endpoints.Rest;

/// <summary>A new agent with what it needs to work. No record: it must never be printed.</summary>
/// <param name="hint">The key's first characters.</param>
/// <param name="credentialId">By which the key is rotated and revoked.</param>
public sealed class QuickstartAnswer(AgentAnswer agent, string apiKey, string hint, string credentialId)
{
    [JsonPropertyName("agent")]
    public QuickstartAgent Agent { get; } = QuickstartAgent.Of(agent);

    [JsonPropertyName("api_key")]
    public string ApiKey { get; } = apiKey;

    [JsonPropertyName("api_key_prefix")]
    public string ApiKeyPrefix { get; } = hint;

    [JsonPropertyName("credential_id")]
    public string CredentialId { get; } = credentialId;

    /// <summary>Of a quickstart.</summary>
    [JsonPropertyName("token")]
    public QuickstartToken? Token { get; init; }

    /// <summary>Where nobody answers for it yet.</summary>
    [JsonPropertyName("claim")]
    public QuickstartClaim? Claim { get; init; }

    [JsonPropertyName("message")]
    public string Message => Claim is null ? "Keep api_key now: it is not shown again."
        : "Keep api_key now: it is not shown again. Show your person claim.url and claim.code: the agent ends at claim.expires_at unless somebody answers for it.";
}

/// <summary>The agent, in the spelling of this answer.</summary>
public sealed record QuickstartAgent(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("client_id")] string ClientId,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("agent_type")] AgentType AgentType,
    [property: JsonPropertyName("trust_level")] TrustLevel TrustLevel,
    [property: JsonPropertyName("status")] AgentStatus Status,
    [property: JsonPropertyName("description")] string? Description,
    [property: JsonPropertyName("homepage_url")] string? HomepageUrl,
    [property: JsonPropertyName("public_key")] string? PublicKey,
    [property: JsonPropertyName("metadata")] JsonElement? Metadata,
    [property: JsonPropertyName("parent_agent_id")] string? ParentAgentId,
    [property: JsonPropertyName("organization_id")] string OrganizationId,
    [property: JsonPropertyName("allowed_scopes")] IReadOnlyList<string> AllowedScopes,
    [property: JsonPropertyName("max_child_depth")] int MaxChildDepth,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("updated_at")] DateTimeOffset UpdatedAt,
    [property: JsonPropertyName("deactivated_at")] DateTimeOffset? DeactivatedAt)
{
    /// <param name="agent">Whole, as its own organization sees it.</param>
    internal static QuickstartAgent Of(AgentAnswer agent) => new(
        agent.Id, agent.ClientId, agent.Name, agent.Type, agent.TrustLevel, agent.Status, agent.Description, agent.HomepageUrl, agent.PublicKey, agent.Metadata,
        agent.ParentAgentId, agent.OrganizationId!, agent.AllowedScopes!, agent.MaxChildDepth!.Value, agent.CreatedAt!.Value, agent.UpdatedAt!.Value, agent.DeactivatedAt);
}

/// <summary>Its first tokens, with their times. No record: it must never be printed.</summary>
public sealed class QuickstartToken
{
    [JsonPropertyName("access_token")]
    public required string AccessToken { get; init; }

    [JsonPropertyName("refresh_token")]
    public string? RefreshToken { get; init; }

    [JsonPropertyName("token_type")]
    public required string TokenType { get; init; }

    [JsonPropertyName("expires_in")]
    public required long ExpiresIn { get; init; }

    [JsonPropertyName("scope")]
    public required string Scope { get; init; }

    [JsonPropertyName("issued_at")]
    public required DateTimeOffset IssuedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required DateTimeOffset ExpiresAt { get; init; }

    [JsonPropertyName("refresh_before")]
    public required DateTimeOffset RefreshBefore { get; init; }

    internal static QuickstartToken Of(TokenAnswer tokens, DateTimeOffset now) => new()
    {
        AccessToken = tokens.AccessToken,
        TokenType = tokens.TokenType,
        RefreshToken = tokens.Granted.RefreshToken,
        ExpiresIn = (long)tokens.ExpiresIn.TotalSeconds,
        Scope = ScopeNames.Join(tokens.Granted.Scopes),
        IssuedAt = now,
        ExpiresAt = now + tokens.ExpiresIn,
        RefreshBefore = tokens.RefreshBefore(now),
    };
}

/// <summary>How a person comes to answer for it. No record: whoever has the address can claim the agent.</summary>
/// <param name="url">Where a signed-in person claims it.</param>
/// <param name="code">What that page shows too: the person goes on only when the agent shows them the same.</param>
public sealed class QuickstartClaim(string url, string code, DateTimeOffset expiresAt)
{
    [JsonPropertyName("url")]
    public string Url { get; } = url;

    [JsonPropertyName("code")]
    public string Code { get; } = code;

    [JsonPropertyName("expires_at")]
    public DateTimeOffset ExpiresAt { get; } = expiresAt;
}
