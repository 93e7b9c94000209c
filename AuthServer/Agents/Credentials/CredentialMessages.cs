using System.Text.Json;
using System.Text.Json.Serialization;

namespace AuthServer.Agents.Credentials;

/// <summary>What a new API key is to be.</summary>
public sealed class NewCredential
{
    /// <summary>The agent that it is for, <c>agt_…</c>; an agent that calls may leave itself out.</summary>
    public string? AgentId { get; set; }

    /// <summary><c>api_key</c>, the only type that is made here; an agent's client secret and its keys have routes of their own.</summary>
    public string? Type { get; set; }

    /// <summary>What it may do, of what its agent may do; left out: all of that.</summary>
    public IReadOnlyList<string?>? Scopes { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>A JSON object of at most 4096 bytes.</summary>
    public JsonElement? CredentialMetadata { get; set; }

    /// <summary>How long access tokens live that it gives: 60 to 43200 seconds.</summary>
    public int? TokenLifetimeSeconds { get; set; }
}

/// <summary>An API key as its agent's people see it: never the key itself.</summary>
public sealed record CredentialItem(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("agent_id")] string AgentId,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("prefix")] string Prefix,
    [property: JsonPropertyName("scopes")] IReadOnlyList<string> Scopes,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt,
    [property: JsonPropertyName("credential_metadata")] JsonElement CredentialMetadata,
    [property: JsonPropertyName("token_lifetime_seconds")] int? TokenLifetimeSeconds,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("last_used_at")] DateTimeOffset? LastUsedAt,
    [property: JsonPropertyName("last_rotated_at")] DateTimeOffset? LastRotatedAt,
    [property: JsonPropertyName("revoked_at")] DateTimeOffset? RevokedAt,
    [property: JsonPropertyName("is_valid")] bool IsValid)
{
    /// <param name="scopes">The agent's, which an unbounded key has.</param>
    internal static CredentialItem Of(ApiKey key, IReadOnlyList<string> scopes, DateTimeOffset now) => new(
        key.Id, key.AgentId, CredentialTypes.ApiKey, key.Hint, key.BoundScopes ?? scopes, key.ExpiresAt, JsonElement.Parse(key.Metadata), key.TokenLifetime, key.CreatedAt,
        key.LastUsedAt, key.RotatedAt, key.RevokedAt, key.IsLive(now));
}

/// <summary>A new key, which is shown this once. No record: it must never be printed.</summary>
public sealed class CreatedCredential(CredentialItem credential, string rawKey)
{
    [JsonPropertyName("credential")]
    public CredentialItem Credential { get; } = credential;

    [JsonPropertyName("raw_key")]
    public string RawKey { get; } = rawKey;

    [JsonPropertyName("message")]
    public string Message => "Keep raw_key now: it is not shown again.";
}

/// <summary>A key that took another's place, shown this once. No record: it must never be printed.</summary>
public sealed class RotatedCredential(CredentialItem old, CredentialItem credential, string rawKey)
{
    [JsonPropertyName("old_credential")]
    public CredentialItem OldCredential { get; } = old;

    [JsonPropertyName("new_credential")]
    public CredentialItem NewCredential { get; } = credential;

    [JsonPropertyName("raw_key")]
    public string RawKey { get; } = rawKey;

    [JsonPropertyName("message")]
    public string Message => "Keep raw_key now: it is not shown again. The old key is dead.";
}
